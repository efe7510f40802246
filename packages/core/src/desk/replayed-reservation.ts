import type { HeldLine, ReservationState } from '../machines/reservation/types.js'
import type { Reserve } from '../port/commands.js'
import { NO_KEYS, type ReservationStore } from '../port/reservation-store.js'
import { SharedReads } from '../shared-reads.js'
import type { PlacedOrder } from './orders-as-told.js'

interface Kept {
  readonly partition: string
  readonly id: string
}

/** Orders that are placed again, as their reservations tell them where nobody keeps orders. */
export class ReplayedReservations {
  private readonly reads = new SharedReads<Kept, ReservationState | undefined>((kept) => this.readAll(kept))

  constructor(private readonly store: ReservationStore) {}

  /** `null`: it does not await its payment any more, or lies in several partitions. */
  async awaiting(command: Reserve): Promise<PlacedOrder | null> {
    const { id } = command
    const [partition, ...others] = this.store.partitionsOf(command)
    if (partition === undefined || others.length > 0) return null
    const state = await this.reads.read(`${partition} ${id}`, { partition, id })
    if (state?.status !== 'held' && state?.status !== 'deferred') return null
    const { home, lines, expiresAt } = state
    return {
      ...{ id, status: 'awaiting-payment', home, lines: lines.map(lineAsTold) },
      ...{ payBy: new Date(expiresAt), deferred: state.status === 'deferred' },
    }
  }

  private async readAll(kept: readonly Kept[]): Promise<readonly (ReservationState | undefined)[]> {
    const partitions = new Map<string, Map<string, ReservationState>>()
    for (const { partition } of kept) partitions.set(partition, new Map())
    await Promise.all(
      [...partitions].map(async ([partition, found]) => {
        const ids = kept.filter((one) => one.partition === partition).map(({ id }) => id)
        const { reservations } = await this.store.read(partition, { ...NO_KEYS, reservations: ids })
        for (const { id, state } of reservations) found.set(id, state)
      }),
    )
    return kept.map(({ partition, id }) => partitions.get(partition)?.get(id))
  }
}

function lineAsTold({ account: { sku, pool }, quantity, owed }: HeldLine) {
  return { sku, pool, quantity, owed, returned: 0 }
}
