import type { Entry } from './entry.js'
import type { Flight } from './flight.js'
import { mayJoin } from './key-order.js'

const SMALLEST_RING = 16

/**
 * First come, first served: a ring of entries. Those that met an earlier command of their key on its way are held back
 * in order, and are the first to be looked at for the next batch.
 */
export class Lane {
  /** Entries that wait, those dropped meanwhile not counted. */
  waiting = 0
  private ring: (Entry | undefined)[] = new Array<Entry | undefined>(SMALLEST_RING).fill(undefined)
  private head = 0
  /** Filled places of the ring, dropped entries included. */
  private filled = 0
  private readonly heldBack: Entry[] = []

  /** Entries held, those dropped and not yet forgotten included. */
  get held(): number {
    return this.filled + this.heldBack.length
  }

  push(entry: Entry): void {
    if (this.filled === this.ring.length) this.makeRoom()
    this.ring[(this.head + this.filled) & (this.ring.length - 1)] = entry
    this.filled++
    this.waiting++
  }

  /**
   * Moves entries into the flight, oldest first, until it holds `maxCommands` or the next one's claims would exceed
   * `maxClaims`; a command with more claims than that goes when the flight is empty. What is due is given up instead.
   */
  take(
    flight: Flight,
    maxCommands: number,
    maxClaims: number,
    now: number,
    giveUp: (entry: Entry) => void,
  ): void {
    if (this.heldBack.length > 0 && this.takeHeldBack(flight, maxCommands, maxClaims, now, giveUp)) return
    const mask = this.ring.length - 1
    while (this.filled > 0 && flight.size < maxCommands) {
      const entry = this.ring[this.head] as Entry
      if (entry.standing === 'queued') {
        if (entry.deadline <= now) this.lose(entry, giveUp)
        else if (!mayJoin(entry, flight)) this.heldBack.push(entry)
        else if (flight.fits(entry, maxClaims)) this.moveInto(flight, entry)
        else return
      }
      this.ring[this.head] = undefined
      this.head = (this.head + 1) & mask
      this.filled--
    }
  }

  /** Gives up what is due and forgets what was dropped; returns the earliest deadline of those left. */
  expire(now: number, giveUp: (entry: Entry) => void): number {
    let earliest = Number.POSITIVE_INFINITY
    this.keepOnly((entry) => {
      if (entry.standing !== 'queued') return false
      if (entry.deadline <= now) {
        this.lose(entry, giveUp)
        return false
      }
      if (entry.deadline < earliest) earliest = entry.deadline
      return true
    })
    return earliest
  }

  /** An entry of this lane was dropped by its caller: its place is cleared when met, or once most places are such. */
  leave(): void {
    this.waiting--
    if (this.held > 2 * this.waiting + SMALLEST_RING) {
      this.keepOnly((entry) => entry.standing === 'queued')
    }
  }

  /** Whether the flight is full, or the oldest entry that may go does not fit into it. */
  private takeHeldBack(
    flight: Flight,
    maxCommands: number,
    maxClaims: number,
    now: number,
    giveUp: (entry: Entry) => void,
  ): boolean {
    const { heldBack } = this
    let kept = 0
    let full = flight.size >= maxCommands
    for (let index = 0; index < heldBack.length; index++) {
      const entry = heldBack[index] as Entry
      if (entry.standing !== 'queued') continue
      if (!full && entry.deadline <= now) {
        this.lose(entry, giveUp)
        continue
      }
      if (!full && mayJoin(entry, flight)) {
        if (flight.fits(entry, maxClaims)) {
          this.moveInto(flight, entry)
          full = flight.size >= maxCommands
          continue
        }
        full = true
      }
      heldBack[kept++] = entry
    }
    heldBack.length = kept
    return full
  }

  private lose(entry: Entry, giveUp: (entry: Entry) => void): void {
    this.waiting--
    giveUp(entry)
  }

  private moveInto(flight: Flight, entry: Entry): void {
    this.waiting--
    flight.take(entry)
  }

  private keepOnly(wanted: (entry: Entry) => boolean): void {
    let kept = 0
    for (const entry of this.heldBack) if (wanted(entry)) this.heldBack[kept++] = entry
    this.heldBack.length = kept
    this.refill(this.ring.length, wanted)
  }

  private makeRoom(): void {
    this.refill(this.ring.length * 2, () => true)
  }

  private refill(size: number, wanted: (entry: Entry) => boolean): void {
    const ring = new Array<Entry | undefined>(size).fill(undefined)
    let kept = 0
    for (let index = 0; index < this.filled; index++) {
      const entry = this.ring[(this.head + index) & (this.ring.length - 1)] as Entry
      if (wanted(entry)) ring[kept++] = entry
    }
    this.ring = ring
    this.head = 0
    this.filled = kept
  }
}
