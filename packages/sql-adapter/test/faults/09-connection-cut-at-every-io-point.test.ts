import { OrderDesk } from '@holdfast/core'
import { expect, test } from 'vitest'
import { onEach } from '../databases.js'
import { atEachIoPoint } from './io-points.js'
import { policy, SaleClock, sellOnce, skuOf, UNITS } from './one-sale.js'

let passed = 0
let cutAt = 0

await onEach(['postgres', 'pgbouncer', 'mariadb'], (database) => {
  test('a connection that breaks before any write or behind any answer costs nothing and does nothing twice', async () => {
    const clock = new SaleClock()
    const store = await database.open({ clock })
    const desk = new OrderDesk({ store, policy, deadline: { minutes: 5 } })
    atEachIoPoint(Number(new URL(database.place).port), (socket) => {
      passed += 1
      if (passed === cutAt) socket?.destroy(Object.assign(new Error('cut'), { code: 'ECONNRESET' }))
    })
    let points = 0
    for (let at = 1; ; at++) {
      await desk.restock({ id: 'opening', sku: skuOf(`cut ${at}`), quantity: UNITS })
      passed = 0
      cutAt = at
      await sellOnce(store, clock, `cut ${at}`)
      const wasCut = passed >= at
      cutAt = 0
      expect((await desk.accounts({ sku: skuOf(`cut ${at}`) })).accounts).toMatchObject([
        { available: UNITS - 1, reserved: 0, sold: 1, backordered: 0 },
      ])
      if (!wasCut) break
      points = at
    }
    expect(points).toBeGreaterThan(10)
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
    process.stdout.write(`${database.kind}: cut at each of ${points} points\n`)
  }, 600_000)
})
