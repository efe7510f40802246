import {
  type AccountKey,
  type AccountNames,
  isPieceId,
  isWhole,
  type KnownReservation,
  type ReservationEvent,
} from '@holdfast/core/adapter'
import { WorkingSet } from './working-set.js'

/** The part that entries of another store touch, which may have many partitions, and orders in pieces. */
export class CarriedSet extends WorkingSet {
  /** What each event made of its order: its version; none where its buyer sees no change. */
  readonly orderVersions = new Map<ReservationEvent, number | null>()

  /** `names`: of the other store's accounts, where they are kept under others. */
  constructor(private readonly names?: AccountNames) {
    super()
  }

  override keptAs(key: AccountKey): AccountKey {
    return this.names === undefined ? key : this.names(key)
  }

  override putReservation(id: string, state: KnownReservation, event: ReservationEvent): void {
    if (isPieceId(id)) {
      const before = this.orders.reservation(id)
      this.orders.putPiece(id, state)
      this.noteOwed(id, before, state)
      return
    }
    super.putReservation(id, state, event)
    this.orderVersions.set(event, this.orders.versions.at(-1) ?? null)
  }

  /** Of a line whose units lie elsewhere nothing is kept, and of a movement that the other store had forgotten nothing new. */
  override putMovement(key: AccountKey, movement: string, data: string): void {
    const isKnown = this.movement(this.keptAs(key), movement) !== undefined
    if (!isKnown && this.account(key) !== undefined) super.putMovement(key, movement, data)
  }

  /** What an order in pieces is owed, its pieces are. */
  protected override noteOwed(
    id: string,
    before: KnownReservation | undefined,
    after: KnownReservation,
  ): void {
    if (!isWhole(id, after.home)) super.noteOwed(id, before, after)
  }
}
