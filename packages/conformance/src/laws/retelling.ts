import {
  type GrantedUse,
  type KnownReservation,
  type ReservationEvent,
  reservation,
  type StoreEvent,
} from '@holdfast/core/adapter'
import { assertSame } from '../kit/comparison.js'
import type { VisibleState } from '../reference/visible-state.js'
import { law } from './law.js'

/**
 * Tells the story again from the events alone, checks what must hold at every moment of it, and that it ends where
 * the store stands.
 */
export function retell(events: readonly StoreEvent[], state: VisibleState): void {
  const story = new Story()
  for (const event of events) {
    if (event.aggregate === 'reservation') story.tell(event)
    else story.tellOfAccount(event)
  }
  story.endsAt(state)
}

class Story {
  private readonly reservations = new Map<string, KnownReservation>()
  private readonly used = new Map<string, number>()
  /** Last `changed` event by account, and the version of the last event of either kind. */
  private readonly accounts = new Map<string, Extract<StoreEvent, { type: 'changed' }>>()
  private readonly accountVersions = new Map<string, number>()

  tell(event: ReservationEvent): void {
    const before = this.reservations.get(event.id)
    const expected = (before?.version ?? 0) + 1
    law('L8 one event per transition of an id', event.version === expected, { event, expected })
    law('L5 an id is granted once', event.type !== 'granted' || before === undefined, { event, before })
    if (event.type === 'granted') this.assertGuardsFree(event)
    const after = reservation.evolve(before ?? reservation.ABSENT, event)
    if (after.status === 'absent') return
    this.reservations.set(event.id, after)
    this.moveUses(before, -1)
    this.moveUses(after, 1)
    const isClaim = event.type === 'granted' || (event.type === 'confirmed' && before?.status === 'expired')
    if (isClaim) for (const use of event.uses) this.assertWithinMax(use, event)
  }

  tellOfAccount(event: Exclude<StoreEvent, ReservationEvent>): void {
    const key = JSON.stringify([event.account.sku, event.account.pool])
    const before = this.accountVersions.get(key) ?? 0
    // A batch that configures an account tells of it and of the counters under one version.
    const follows = event.version === before + 1 || event.version === before
    law('an account has one version more per batch', follows, { event, before })
    this.accountVersions.set(key, event.version)
    if (event.type === 'changed') this.accounts.set(key, event)
  }

  endsAt(state: VisibleState): void {
    const told = [...this.reservations].map(([id, is]) => ({ id, state: is }))
    const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1)
    assertSame(state.reservations, told.sort(byId), 'the reservations are not what the events tell')
    for (const account of state.accounts) {
      const { available, reserved, sold, backordered, supplied, version } = account
      const last = this.accounts.get(JSON.stringify([account.key.sku, account.key.pool]))
      const said = last && {
        available: last.available,
        reserved: last.reserved,
        sold: last.sold,
        backordered: last.backordered,
        supplied: last.supplied,
        version: last.version,
      }
      assertSame(
        { available, reserved, sold, backordered, supplied, version },
        said,
        `the account ${JSON.stringify(account.key)} is not what its last event tells`,
      )
    }
  }

  private moveUses(state: KnownReservation | undefined, sign: 1 | -1): void {
    if (state?.status !== 'held' && state?.status !== 'deferred' && state?.status !== 'confirmed') return
    for (const { counter, quantity } of state.uses)
      this.used.set(counter, (this.used.get(counter) ?? 0) + sign * quantity)
  }

  private assertWithinMax(use: GrantedUse, event: ReservationEvent): void {
    if (use.quantity === 0) return
    let used = 0
    for (const name of [use.counter, ...use.prior]) used += this.used.get(name) ?? 0
    law('L3 no grant takes a counter above its max', used <= use.max, { use, used, event })
  }

  private assertGuardsFree(event: Extract<ReservationEvent, { type: 'granted' }>): void {
    for (const [id, other] of this.reservations) {
      const isOpen = (other.status === 'held' || other.status === 'deferred') && event.at < other.expiresAt
      const shared = isOpen ? other.guards.find((name) => event.guards.includes(name)) : undefined
      law('L4 at most one open order per slot', shared === undefined, { event, id, shared })
    }
  }
}
