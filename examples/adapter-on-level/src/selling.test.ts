import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OrderDesk } from '@holdfast/core'
import { afterAll, expect, test } from 'vitest'
import { LevelStore } from './level-store.js'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-level-'))
afterAll(() => rmSync(folder, { recursive: true }))

function open(): OrderDesk {
  return new OrderDesk({ store: new LevelStore(folder), policy: { holdFor: { minutes: 15 } } })
}

test('a desk sells from it, and what was sold is sold after a restart', async () => {
  const before = open()
  await before.restock({ id: 'delivery', sku: 'mug', quantity: 1 })
  const order = { id: 'order', buyer: { user: 'ada' }, lines: [{ sku: 'mug', quantity: 1 }] }
  expect(await before.place(order)).toMatchObject({ ok: true })
  expect(await before.recordPayment({ orderId: 'order', paymentId: 'paid' })).toMatchObject({ ok: true })
  await before.close()

  const after = open()
  expect(await after.place({ ...order, id: 'another' })).toMatchObject({ reason: 'insufficient-stock' })
  expect(await after.availability({ sku: 'mug' })).toMatchObject({ available: 0, sold: 1 })
  await after.close()
})
