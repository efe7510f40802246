import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CalendarWindows, isTimeZone } from './calendar-windows.js'
import type { CalendarUnit } from './types.js'

const at = (unit: CalendarUnit, timeZone: string, instant: string) =>
  new CalendarWindows(unit, timeZone).at(Date.parse(instant))
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().replace('.000Z', 'Z'))
const HOUR = 3_600_000

/** unit, zone, an instant, first instant of its window, first instant after it, hours of it. */
const windows: readonly (readonly [CalendarUnit, string, string, string, string, number, string])[] = [
  ['day', 'UTC', '2026-11-22T12:00:00Z', '2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z', 24, 'plain'],
  [
    'day',
    'UTC',
    '2026-11-22T00:00:00Z',
    '2026-11-22T00:00:00Z',
    '2026-11-23T00:00:00Z',
    24,
    'its first instant',
  ],
  ['day', 'UTC', '2026-11-22T23:59:59.999Z', '2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z', 24, 'its last'],
  [
    'day',
    'Europe/Berlin',
    '2026-03-29T12:00:00Z',
    '2026-03-28T23:00:00Z',
    '2026-03-29T22:00:00Z',
    23,
    'summer time begins',
  ],
  [
    'day',
    'Europe/Berlin',
    '2026-10-25T12:00:00Z',
    '2026-10-24T22:00:00Z',
    '2026-10-25T23:00:00Z',
    25,
    'summer time ends',
  ],
  [
    'day',
    'America/New_York',
    '2026-03-08T12:00:00Z',
    '2026-03-08T05:00:00Z',
    '2026-03-09T04:00:00Z',
    23,
    'likewise there',
  ],
  [
    'day',
    'America/New_York',
    '2026-11-01T12:00:00Z',
    '2026-11-01T04:00:00Z',
    '2026-11-02T05:00:00Z',
    25,
    'likewise there',
  ],
  [
    'day',
    'Australia/Lord_Howe',
    '2026-04-05T12:00:00Z',
    '2026-04-04T13:00:00Z',
    '2026-04-05T13:30:00Z',
    24.5,
    'by half an hour',
  ],
  [
    'day',
    'America/Havana',
    '2026-11-01T04:30:00Z',
    '2026-11-01T04:00:00Z',
    '2026-11-02T05:00:00Z',
    25,
    'midnight twice, in the first hour',
  ],
  [
    'day',
    'America/Havana',
    '2026-11-01T05:30:00Z',
    '2026-11-01T04:00:00Z',
    '2026-11-02T05:00:00Z',
    25,
    'midnight twice, in the second',
  ],
  [
    'day',
    'America/Havana',
    '2026-03-08T12:00:00Z',
    '2026-03-08T05:00:00Z',
    '2026-03-09T04:00:00Z',
    23,
    'no midnight',
  ],
  [
    'day',
    'America/Sao_Paulo',
    '2018-11-04T12:00:00Z',
    '2018-11-04T03:00:00Z',
    '2018-11-05T02:00:00Z',
    23,
    'no midnight',
  ],
  [
    'day',
    'America/Sao_Paulo',
    '2018-02-17T12:00:00Z',
    '2018-02-17T02:00:00Z',
    '2018-02-18T03:00:00Z',
    25,
    '23 o’clock twice',
  ],
  [
    'day',
    'Pacific/Apia',
    '2011-12-29T12:00:00Z',
    '2011-12-29T10:00:00Z',
    '2011-12-30T10:00:00Z',
    24,
    'the day before a day that never was',
  ],
  [
    'day',
    'Pacific/Apia',
    '2011-12-30T10:00:00Z',
    '2011-12-30T10:00:00Z',
    '2011-12-31T10:00:00Z',
    24,
    'the day after it',
  ],
  [
    'week',
    'Pacific/Apia',
    '2011-12-30T10:00:00Z',
    '2011-12-26T10:00:00Z',
    '2012-01-01T10:00:00Z',
    144,
    'a week of six days',
  ],
  [
    'day',
    'Pacific/Kiritimati',
    '2026-11-22T12:00:00Z',
    '2026-11-22T10:00:00Z',
    '2026-11-23T10:00:00Z',
    24,
    'farthest east',
  ],
  [
    'day',
    'Etc/GMT+12',
    '2026-11-22T11:59:00Z',
    '2026-11-21T12:00:00Z',
    '2026-11-22T12:00:00Z',
    24,
    'farthest west',
  ],
  [
    'day',
    'Asia/Kathmandu',
    '2026-11-22T12:00:00Z',
    '2026-11-21T18:15:00Z',
    '2026-11-22T18:15:00Z',
    24,
    'quarters of an hour',
  ],
  [
    'week',
    'UTC',
    '2026-11-22T12:00:00Z',
    '2026-11-16T00:00:00Z',
    '2026-11-23T00:00:00Z',
    168,
    'Sunday is its last day',
  ],
  [
    'week',
    'UTC',
    '2026-11-23T00:00:00Z',
    '2026-11-23T00:00:00Z',
    '2026-11-30T00:00:00Z',
    168,
    'Monday its first',
  ],
  [
    'week',
    'UTC',
    '2027-01-01T00:00:00Z',
    '2026-12-28T00:00:00Z',
    '2027-01-04T00:00:00Z',
    168,
    'over the new year',
  ],
  [
    'week',
    'Europe/Berlin',
    '2026-10-25T23:30:00Z',
    '2026-10-25T23:00:00Z',
    '2026-11-01T23:00:00Z',
    168,
    'after summer time',
  ],
  [
    'week',
    'Europe/Berlin',
    '2026-10-25T22:30:00Z',
    '2026-10-18T22:00:00Z',
    '2026-10-25T23:00:00Z',
    169,
    'with its end',
  ],
  ['month', 'UTC', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z', 696, 'leap year'],
  ['month', 'UTC', '2026-01-31T12:00:00Z', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', 744, 'its 31st'],
  ['month', 'UTC', '2026-12-31T23:59:59Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z', 744, 'December'],
  [
    'month',
    'Europe/Berlin',
    '2026-03-31T22:30:00Z',
    '2026-03-31T22:00:00Z',
    '2026-04-30T22:00:00Z',
    720,
    'begun there before UTC',
  ],
  [
    'month',
    'America/Los_Angeles',
    '2026-11-01T06:59:59Z',
    '2026-10-01T07:00:00Z',
    '2026-11-01T07:00:00Z',
    744,
    'not yet there',
  ],
]

describe('calendar windows', () => {
  it.each(windows)(
    'the %s in %s at %s is from %s to %s: %d hours (%s)',
    (unit, zone, instant, from, to, hours) => {
      const window = at(unit, zone, instant)
      expect([iso(window.from), iso(window.to)]).toEqual([from, to])
      expect(((window.to as number) - window.from) / HOUR).toBe(hours)
    },
  )

  it.each([
    ['day', 'Europe/Berlin', '2026-11-21T23:30:00Z', 'day:2026-11-22:europe%2Fberlin/'],
    ['week', 'Europe/Berlin', '2026-11-22T12:00:00Z', 'week:2026-11-16:europe%2Fberlin/'],
    ['month', 'UTC', '2026-11-22T12:00:00Z', 'month:2026-11-01:utc/'],
    ['day', 'america/havana', '2026-03-08T12:00:00Z', 'day:2026-03-08:america%2Fhavana/'],
    ['day', 'Pacific/Apia', '2011-12-30T10:00:00Z', 'day:2011-12-31:pacific%2Fapia/'],
  ] as const)('the %s in %s at %s is named %s', (unit, zone, instant, part) => {
    expect(at(unit, zone, instant).part).toBe(part)
  })

  it('are found once as long as the same one is asked for, and anew for another', () => {
    const days = new CalendarWindows('day', 'Europe/Berlin')
    const [first, next] = [Date.UTC(2026, 5, 1, 22), Date.UTC(2026, 5, 2, 22)]
    const day = days.at(first)
    expect(day).toMatchObject({ from: first, to: next })
    expect(days.at(first + 1)).toBe(day)
    expect(days.at(next - 1)).toBe(day)
    expect(days.at(first)).toBe(day)
    expect(days.at(next)).toMatchObject({ from: next })
    expect(days.at(next - 1)).toMatchObject({ from: first })
    expect(days.at(first - 1)).toMatchObject({ to: first })
  })

  const zones = Intl.supportedValuesOf('timeZone')
  const instant = fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2045, 0) })

  it('follow each other without gap or overlap, whatever was asked before', () => {
    const unit = fc.constantFrom<CalendarUnit>('day', 'week', 'month')
    fc.assert(
      fc.property(unit, fc.constantFrom(...zones), instant, (unit, zone, now) => {
        const calendar = new CalendarWindows(unit, zone)
        const { from, to, part } = calendar.at(now)
        const end = to as number
        expect(from <= now && now < end).toBe(true)
        expect(calendar.at(from)).toEqual({ from, to, part })
        expect(calendar.at(end - 1)).toEqual({ from, to, part })
        expect(calendar.at(end).from).toBe(end)
        expect(calendar.at(from - 1).to).toBe(from)
        expect(
          new Set([calendar.at(from - 1), calendar.at(now), calendar.at(end)].map((one) => one.part)).size,
        ).toBe(3)
      }),
      { numRuns: 1_500 },
    )
  })

  it('are the days that the clocks of the zone show', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instant, (zone, now) => {
        const shown = new Intl.DateTimeFormat('en-CA', {
          timeZone: zone,
          year: 'numeric',
          month: '2-digit',
          day: '2-digit',
        })
        const { from, to, part } = new CalendarWindows('day', zone).at(now)
        const days = [from - 1, from, now, (to as number) - 1, to as number].map((ms) => shown.format(ms))
        expect(days.map((day) => day === shown.format(now))).toEqual([false, true, true, true, false])
        expect(part.startsWith(`day:${shown.format(now)}:`)).toBe(true)
      }),
      { numRuns: 1_500 },
    )
  })
})

describe('a time zone', () => {
  it.each([
    ['UTC', true],
    ['Europe/Berlin', true],
    ['europe/berlin', true],
    ['Asia/Calcutta', true],
    ['Etc/GMT+12', true],
    ['Europe/Atlantis', false],
    ['local', false],
    ['system', false],
    ['UTC+3', false],
    ['+03:00', false],
    ['', false],
  ])('%j is one: %s', (name, is) => {
    expect(isTimeZone(name)).toBe(is)
  })
})
