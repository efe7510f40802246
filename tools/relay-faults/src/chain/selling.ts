import { DeskWorker } from '@holdfast/core'
import type { Command } from '@holdfast/core/adapter'
import type { OpenChain } from './place.js'

const SKUS = 5

export async function stock({ desk }: OpenChain): Promise<void> {
  for (let sku = 0; sku < SKUS; sku++)
    await desk.restock({ id: `delivery ${sku}`, sku: `sku ${sku}`, quantity: 1_000 })
}

/**
 * So many orders, and straight at the store, so that nobody waits for the ledger: a quarter of them paid, a quarter cancelled, a quarter
 * expired. Some have two lines.
 */
export async function sell({ desk, store }: OpenChain, from: number, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => from + index)
  const placed = await Promise.all(
    numbers.map((number) => {
      const lines = [{ sku: `sku ${number % SKUS}`, quantity: 1 + (number % 2) }]
      if (number % 7 === 0) lines.push({ sku: `sku ${(number + 1) % SKUS}`, quantity: 1 })
      return desk.place({
        id: `order ${number}`,
        buyer: { user: `buyer ${number}` },
        lines,
        data: 'a "gift"',
      })
    }),
  )
  const commands = placed.flatMap((one, index): readonly Command[] => {
    if (!one.ok) throw new Error(`${one.id} was refused: ${one.reason}`)
    const at = { id: one.id, home: one.order.home }
    if (index % 4 === 0) return [{ kind: 'confirm', ...at, payment: `payment ${index}`, retake: null }]
    if (index % 4 === 1) return [{ kind: 'release', ...at, cause: 'buyer', reason: null }]
    return []
  })
  // An order in pieces is settled by its desk alone.
  const whole = commands.filter((command) => 'home' in command && !command.home.startsWith('/pieced/'))
  for (const command of whole) {
    const [partition = ''] = store.partitionsOf(command)
    await store.apply(partition, null, [command])
  }
}

/** Carries to the end, and looks whether the two are the same. */
export async function compared({ desk }: OpenChain) {
  await new DeskWorker(desk).runOnce()
  const { ok, differences, comparedWithLedger } = await desk.audit()
  return { ok, differences, comparedWithLedger }
}

export const THE_SAME = { ok: true, differences: [], comparedWithLedger: true }

/** What the ledger's outbox tells of the store, in its order. */
export async function toldBy({ knex }: OpenChain): Promise<readonly string[]> {
  const rows = await knex('holdfast_outbox').select('id').orderBy('seq')
  return rows.map(({ id }) => String(id))
}

/** Takes out all units of a SKU but a few, and lets more buyers come than there are. Returns how many were sold one. */
export async function sellOut({ desk }: OpenChain, sku: string, left: number): Promise<number> {
  const { available = 0 } = (await desk.availability({ sku })) ?? {}
  await desk.adjust({ id: 'out', sku, delta: left - available, cause: 'lost' })
  const buyers = Array.from({ length: 3 * left }, (_, n) => `last buyer ${n}`)
  const lines = [{ sku, quantity: 1 }]
  const placed = await Promise.all(buyers.map((user) => desk.place({ id: user, buyer: { user }, lines })))
  return placed.filter(({ ok }) => ok).length
}
