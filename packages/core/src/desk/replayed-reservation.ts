import type { HeldLine } from '../machines/reservation/types.js'
import type { Reserve } from '../port/commands.js'
import { NO_KEYS, type ReservationStore } from '../port/reservation-store.js'
import type { PlacedOrder } from './orders-as-told.js'

/**
 * An order that awaits its payment, as its reservation tells it where nobody keeps orders. `null`: it does not await it any
 * more, or lies in several partitions.
 */
export async function awaitingByReservation(
  store: ReservationStore,
  command: Reserve,
): Promise<PlacedOrder | null> {
  const [partition, ...others] = store.partitionsOf(command)
  if (partition === undefined || others.length > 0) return null
  const { reservations } = await store.read(partition, { ...NO_KEYS, reservations: [command.id] })
  const state = reservations[0]?.state
  if (state?.status !== 'held' && state?.status !== 'deferred') return null
  const { home, lines, expiresAt } = state
  return {
    ...{ id: command.id, status: 'awaiting-payment', home, lines: lines.map(lineAsTold) },
    ...{ payBy: new Date(expiresAt), deferred: state.status === 'deferred' },
  }
}

function lineAsTold({ account: { sku, pool }, quantity, owed }: HeldLine) {
  return { sku, pool, quantity, owed, returned: 0 }
}
