import { DateTime, IANAZone } from 'luxon'
import { namePart } from './names.js'
import type { CalendarUnit } from './types.js'

/** One window of a limit: from when to when its counter counts, and what stands for it in the counter's name. */
export interface Window {
  /** First instant, ms since the epoch. */
  readonly from: number
  /** First instant after the window; `null`: never. */
  readonly to: number | null
  /** Ends with a `/`; empty for the window that is always there. */
  readonly part: string
}

/** The window that is always there. */
export const LIFETIME: Window = Object.freeze({ from: 0, to: null, part: '' })

/** Whether this is the IANA name of a time zone; mere offsets (`+03:00`) are none, though some engines take them. */
export function isTimeZone(name: string): boolean {
  return /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name)
}

/** The days, weeks (from Monday) or months of one time zone, as its clocks show them. */
export class CalendarWindows {
  /** The window asked for last: nearly every order falls in it, and finding another takes some 50 µs. */
  private last: Window | null = null
  private readonly zone: IANAZone

  constructor(
    private readonly unit: CalendarUnit,
    timeZone: string,
  ) {
    this.zone = IANAZone.create(timeZone)
  }

  /** The window that holds the instant `now`, ms since the epoch. */
  at(now: number): Window {
    const { last } = this
    if (last !== null && now >= last.from && now < (last.to as number)) return last
    this.last = this.find(now)
    return this.last
  }

  private find(now: number): Window {
    const start = DateTime.fromMillis(now, { zone: this.zone, locale: 'en-US' }).startOf(this.unit)
    const end = start.plus({ [this.unit]: 1 }).startOf(this.unit)
    return {
      from: firstOccurrence(start),
      to: firstOccurrence(end),
      // Zone names are the same in any case. The local date, not the instant, stands in the name: processes whose
      // tables of time zones differ by a change of daylight saving still share their counters.
      part: `${this.unit}:${start.toISODate()}:${namePart(this.zone.name.toLowerCase())}/`,
    }
  }
}

/** Where clocks are put back over midnight, it comes twice: the day begins with the first. */
function firstOccurrence(midnight: DateTime): number {
  return Math.min(...midnight.getPossibleOffsets().map((possible) => possible.toMillis()))
}
