import type { ReservationState } from '../machines/reservation/types.js'
import type { ReservationStore } from '../port/reservation-store.js'

/** A reservation as one partition has it, with that partition's clock; `null` if it has none. */
export async function readReservation(
  store: Pick<ReservationStore, 'read'>,
  partition: string,
  id: string,
): Promise<{ readonly state: ReservationState | null; readonly now: number }> {
  const { reservations, now } = await store.read(partition, {
    kind: 'keys',
    accounts: [],
    reservations: [id],
    counters: [],
    guards: [],
    strikes: [],
  })
  return { state: reservations[0]?.state ?? null, now }
}
