import { OrderDesk } from '@holdfast/core'
import { expect, test } from 'vitest'
import { bundled, runToItsEnd } from '../child-process.js'
import { type Database, onEach } from '../databases.js'
import { policy, SaleClock, sellOnce, skuOf, UNITS } from './one-sale.js'

const KILLED = await bundled(new URL('./killed-process.ts', import.meta.url))

await onEach(['sqlite'], (database) => {
  test('reserve, confirm, cancel, expire, reconcile: killed before and after each of its reads and writes', async () => {
    const clock = new SaleClock()
    const store = await database.open({ clock })
    const desk = new OrderDesk({ store, policy, deadline: { minutes: 5 } })

    await prepare(desk, database, 'through')
    const through = await runToItsEnd(KILLED, database.place, 'through', 'never')
    const points = Number(through.said)
    expect(points).toBeGreaterThan(10)

    const names = Array.from({ length: points }, (_, n) => `at ${n + 1}`)
    for (const name of names) await prepare(desk, database, name)
    // One after the other: a worker also expires the orders of a sale beside it, which then has fewer points of its own.
    for (const [n, name] of names.entries()) {
      const { signal } = await runToItsEnd(KILLED, database.place, name, `${n + 1}`)
      expect({ name, signal }).toEqual({ name, signal: 'SIGKILL' })
    }
    // Whatever was under way was done whole or not at all: only what was broken by hand may still be so.
    const { differences } = await desk.audit()
    expect(
      differences.filter(({ of, figure }) => of !== 'account' || !figure.endsWith('in the ledger')),
    ).toEqual([])

    for (const name of ['through', ...names]) await sellOnce(store, clock, name)
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
    for (const name of ['through', ...names]) {
      expect((await desk.accounts({ sku: skuOf(name) })).accounts).toMatchObject([
        { available: UNITS - 1, reserved: 0, sold: 1, backordered: 0 },
      ])
    }
    process.stdout.write(`${database.kind}: killed at each of ${points} points\n`)
  }, 900_000)
})

/** Ten units, and one of them broken by hand: for the reconciling. */
async function prepare(desk: OrderDesk, { connect }: Database, name: string): Promise<void> {
  await desk.restock({ id: 'opening', sku: skuOf(name), quantity: UNITS })
  const knex = connect({ min: 0, max: 1 })
  await knex('holdfast_stock_accounts')
    .where({ sku: Buffer.from(skuOf(name)) })
    .update({ available: knex.raw('available + 1'), supplied: knex.raw('supplied + 1') })
  await knex.destroy()
}
