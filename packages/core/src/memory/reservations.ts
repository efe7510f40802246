import { fromGrant } from '../machines/reservation/evolve.js'
import type { KnownReservation } from '../machines/reservation/types.js'
import type { Granted } from '../port/events.js'
import { IDS_HELD, KeptGrant } from './kept-grant.js'
import { NameTable } from './name-table.js'

/** A state, or a grant if that is all that happened. */
export type KeptReservation = KnownReservation | Granted | KeptGrant

/**
 * Reservations by id. One that was granted and nothing more is kept as its grant, which the history keeps anyhow, and
 * its state is made of it when somebody looks: in a sale that is nearly every one.
 */
export class Reservations {
  private kept = new NameTable<KeptReservation, KeptGrant>(IDS_HELD)

  get(id: string): KnownReservation | undefined {
    const kept = this.kept.get(id)
    return kept === undefined ? undefined : stateOf(kept)
  }

  has(id: string): boolean {
    return this.kept.has(id)
  }

  /** The grant of one that was granted and nothing more. */
  grant(id: string): Granted | undefined {
    const kept = this.kept.get(id)
    if (kept instanceof KeptGrant) return kept.event
    return kept !== undefined && isGrant(kept) ? kept : undefined
  }

  put(id: string, reservation: KeptReservation): void {
    this.kept.set(id, reservation, reservation instanceof KeptGrant ? reservation : undefined)
  }

  delete(id: string): void {
    this.kept.delete(id)
  }

  clear(): void {
    this.kept = new NameTable(IDS_HELD)
  }

  /** In the order in which they came. */
  ids(): Iterable<string> {
    return this.kept.keys()
  }

  *entries(): Iterable<{ readonly id: string; readonly state: KnownReservation }> {
    for (const [id, kept] of this.kept.entries()) yield { id, state: stateOf(kept) }
  }
}

function stateOf(kept: KeptReservation): KnownReservation {
  if (kept instanceof KeptGrant) return fromGrant(kept.event)
  return isGrant(kept) ? fromGrant(kept) : kept
}

function isGrant(kept: KnownReservation | Granted): kept is Granted {
  return 'type' in kept
}
