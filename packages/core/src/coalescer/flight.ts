import type { Command } from '../port/commands.js'
import type { Entry } from './entry.js'

/** A batch, from its being put together until the store has answered all of it. */
export class Flight {
  readonly entries: Entry[] = []
  /** The same, as they are handed to the store. */
  readonly commands: Command[] = []
  private claims = 0

  get size(): number {
    return this.entries.length
  }

  /** A command without claims always fits, one with more than a batch may hold only into an empty batch. */
  fits(entry: Entry, maxClaims: number): boolean {
    return entry.claims === 0 || this.entries.length === 0 || this.claims + entry.claims <= maxClaims
  }

  take(entry: Entry): void {
    entry.standing = 'waiting'
    entry.flight = this
    this.claims += entry.claims
    this.entries.push(entry)
    this.commands.push(entry.command)
  }
}
