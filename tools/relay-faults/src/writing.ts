import { change, knexAt, outboxOf, type Place } from './place.js'

/** Changes `keys` things in turn, `each` at a time in one transaction, until every one has `versions` more. */
export async function write(
  place: Place,
  {
    keys,
    versions,
    writers = 4,
  }: { readonly keys: number; readonly versions: number; readonly writers?: number },
): Promise<void> {
  const knex = knexAt(place.databaseUrl)
  const outbox = outboxOf(knex)
  const left = Array.from({ length: keys * versions }, (_, index) => `key-${index % keys}`)
  const writer = async () => {
    for (let some = left.splice(0, 50); some.length > 0; some = left.splice(0, 50)) {
      // In one order, so that writers wait for each other and never for themselves.
      const sorted = [...some].sort()
      await knex.transaction(async (trx) => {
        for (const key of sorted) await change(outbox, trx, key)
      })
    }
  }
  await Promise.all(Array.from({ length: writers }, writer))
  await knex.destroy()
}

/** Waits until nothing waits in the outbox. @throws Error when that takes too long */
export async function drained(place: Place, withinMs = 240_000): Promise<void> {
  const knex = knexAt(place.databaseUrl)
  const outbox = outboxOf(knex)
  const giveUpAt = performance.now() + withinMs
  try {
    for (;;) {
      const { depth } = await outbox.metrics()
      if (depth === 0) return
      if (performance.now() > giveUpAt) throw new Error(`${depth} messages still wait`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  } finally {
    await knex.destroy()
  }
}
