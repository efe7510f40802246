import type { Applied, Outcome, ReservationStore } from '@holdfast/core/adapter'

/** The second of a store's partitions as a store of its own, as what it keeps of SKUs that are spread is. */
export function oneBucket(store: ReservationStore): ReservationStore {
  const [, bucket = ''] = store.partitionsOf({ kind: 'sweep', limit: 1 })
  return {
    capabilities: { ...store.capabilities, partitions: 'one', idScope: 'store' },
    partitionsOf: () => [bucket],
    partitions: async () => [bucket],
    apply: async (...args) => withoutPieces(await store.apply(...args)),
    read: (...args) => store.read(...args),
    snapshot: (...args) => store.snapshot(...args),
    close: () => store.close(),
  }
}

/** What a sweep finds of orders in pieces, of which there are none here. */
function withoutPieces(applied: Applied): Applied {
  if (applied.kind !== 'applied') return applied
  const outcomes = applied.outcomes.map((outcome): Outcome => {
    if (outcome.kind !== 'swept') return outcome
    const { unsettled: _, ...swept } = outcome
    return swept
  })
  return { ...applied, outcomes }
}
