import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OrderDesk, type Policy, toProblem } from '@holdfast/core'
import createKnex, { type Knex } from 'knex'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { watched } from '../../core/src/desk/shop.test-support.js'
import { SqlStore } from '../src/index.js'

// What a shop writes first, nearly as the design shows it: if this reads worse, so does every shop.

let folder = ''
const open: Knex[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-first-use-'))
})
afterEach(async () => {
  for (const db of open.splice(0)) await db.destroy()
  rmSync(folder, { recursive: true, force: true })
})

function knexOn(file: string): Knex {
  const db = createKnex({
    client: 'better-sqlite3',
    connection: { filename: join(folder, file) },
    useNullAsDefault: true,
  })
  open.push(db)
  return db
}

describe('a first shop', () => {
  it('embedded, in a dozen lines', async () => {
    const told: unknown[] = []
    const console = { log: (line: unknown) => told.push(line) }

    const desk = new OrderDesk({
      store: await SqlStore.open(join(folder, 'shop.db')),
      policy: {
        holdFor: { minutes: 15 },
        limits: [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 }],
        unpaidOrder: { per: 'user', scope: 'sku' },
      },
    })
    await desk.restock({ id: 'delivery-1', sku: 'PHONE', quantity: 100 })

    const placed = await desk.place({
      id: 'order-1',
      buyer: { user: 'ada' },
      lines: [{ sku: 'PHONE', quantity: 1 }],
    })
    if (!placed.ok) throw new Error(placed.reason) // 'insufficient-stock', 'purchase-limit', 'unpaid-order', …
    console.log(`pay before ${placed.order.payBy.toISOString()}`)

    await desk.recordPayment({ orderId: 'order-1', paymentId: 'pi_1' })
    console.log(await desk.availability({ sku: 'PHONE' })) // { available: 99, reserved: 0, sold: 1, … }
    await desk.close()

    expect(told).toEqual([
      expect.stringMatching(/^pay before \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      expect.objectContaining({ available: 99, reserved: 0, sold: 1 }),
    ])
  })
})

// As much of Express as the snippet uses.
type Request = { readonly ip: string; readonly body: unknown }
interface Response {
  status(code: number): Response
  json(body: unknown): void
}
type Handler = (req: Request, res: Response) => Promise<void>

const policy: Policy = {
  holdFor: { minutes: 15 },
  limits: [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 }],
  unpaidOrder: { per: 'user', scope: 'sku' },
}

interface Cart {
  readonly orderId: string
  readonly userId: string
  readonly lines: { sku: string; quantity: number }[]
  readonly total: number
}
const readCart = (req: Request) => req.body as Cart
const cartOf = (orderId: string, userId: string, quantity = 1): Cart => ({
  orderId,
  userId,
  lines: [{ sku: 'PHONE', quantity }],
  total: 299 * quantity,
})

describe('a shop with its own knex', () => {
  async function openShop() {
    const db = knexOn('own.db')
    await db.schema.createTable('orders', (table) => {
      table.string('id').primary()
      table.string('user_id')
      table.integer('total')
      table.string('status')
    })
    const handlers = new Map<string, Handler>()
    const app = { post: (path: string, handler: Handler) => handlers.set(path, handler) }

    const store = new SqlStore(db, { tablePrefix: 'holdfast_' })
    await store.migrate()
    const desk = new OrderDesk({ store, policy })

    app.post('/checkout', async (req, res) => {
      const cart = readCart(req) // { orderId, userId, lines, total }: the id is made when the cart is shown
      const placed = await db.transaction(async (trx) => {
        await trx('orders')
          .insert({ id: cart.orderId, user_id: cart.userId, total: cart.total })
          .onConflict('id')
          .ignore()
        const placed = await desk
          .within(trx)
          .place({ id: cart.orderId, buyer: { user: cart.userId, ip: req.ip }, lines: cart.lines })
        await trx('orders')
          .where({ id: cart.orderId })
          .update({ status: placed.ok ? placed.order.status : placed.reason })
        return placed // a refusal is a value: your transaction stays usable and commits what you wrote
      })
      if (placed.ok) res.status(201).json({ payBy: placed.order.payBy })
      else res.status(409).json(toProblem(placed)) // RFC 9457: which line, how many are left, which order is unpaid
    })

    const checkout = async (cart: Cart) => {
      const told = { status: 0, body: undefined as unknown }
      const res: Response = {
        status: (code) => {
          told.status = code
          return res
        },
        json: (body) => {
          told.body = JSON.parse(JSON.stringify(body))
        },
      }
      await handlers.get('/checkout')?.({ ip: '203.0.113.7', body: cart }, res)
      return told
    }
    return { db, store, desk, checkout }
  }

  it('sells within its own transaction, as the very first call of the process', async () => {
    const { desk, db, checkout } = await openShop()
    await db.transaction(async (trx) => {
      await desk.within(trx).restock({ id: 'delivery-1', sku: 'PHONE', quantity: 2 })
    })
    expect(await checkout(cartOf('order-1', 'ada'))).toEqual({
      status: 201,
      body: { payBy: expect.any(String) },
    })
    expect(await db('orders')).toEqual([
      { id: 'order-1', user_id: 'ada', total: 299, status: 'awaiting-payment' },
    ])
  })

  it('keeps what it wrote beside a refusal, and tells the buyer why', async () => {
    const { desk, db, checkout } = await openShop()
    await desk.restock({ id: 'delivery-1', sku: 'PHONE', quantity: 2 })
    await checkout(cartOf('order-1', 'ada'))
    expect(await checkout(cartOf('order-2', 'ada'))).toEqual({
      status: 409,
      body: {
        type: 'urn:holdfast:unpaid-order',
        title: expect.any(String),
        status: 409,
        id: 'order-2',
        orderId: 'order-1',
        payBy: expect.any(String),
        scope: 'sku',
        sku: 'PHONE',
      },
    })
    expect(await checkout(cartOf('order-3', 'bob', 2))).toMatchObject({
      body: { type: 'urn:holdfast:insufficient-stock', lines: [{ requested: 2, available: 1 }] },
    })
    expect(await db('orders').orderBy('id')).toMatchObject([
      { id: 'order-1', status: 'awaiting-payment' },
      { id: 'order-2', status: 'unpaid-order' },
      { id: 'order-3', status: 'insufficient-stock' },
    ])
  })

  it('may be asked again by the same id: one order, one row', async () => {
    const { desk, db, checkout } = await openShop()
    await desk.restock({ id: 'delivery-1', sku: 'PHONE', quantity: 2 })
    const [first, ...others] = await Promise.all(
      Array.from({ length: 5 }, () => checkout(cartOf('order-1', 'ada'))),
    )
    expect(first).toMatchObject({ status: 201 })
    expect(others).toEqual(Array(4).fill(first))
    expect(await db('orders')).toHaveLength(1)
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 1, reserved: 1 })
  })

  it('takes everything back with its transaction', async () => {
    const { desk, db } = await openShop()
    await desk.restock({ id: 'delivery-1', sku: 'PHONE', quantity: 2 })
    const failed = db.transaction(async (trx) => {
      const placed = await desk
        .within(trx)
        .place({ id: 'order-1', buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] })
      expect(placed.ok).toBe(true)
      throw new Error('the shop’s own code failed')
    })
    await expect(failed).rejects.toThrow('the shop’s own code failed')
    expect(await desk.order('order-1')).toBeNull()
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 2, reserved: 0 })
    expect((await desk.audit()).ok).toBe(true)
  })

  it('settles within its own transaction likewise: webhook, cancel, roll back, campaigns', async () => {
    const { desk, db, checkout } = await openShop()
    await desk.restock({ id: 'delivery-1', sku: 'PHONE', quantity: 9 })
    await checkout(cartOf('order-1', 'ada'))
    await checkout(cartOf('order-2', 'bob'))
    await db.transaction(async (trx) => {
      const within = desk.within(trx)
      expect(await within.recordPayment({ orderId: 'order-1', paymentId: 'pi_1' })).toMatchObject({
        ok: true,
      })
      expect(await within.cancel({ orderId: 'order-2', by: 'seller' })).toMatchObject({ ok: true })
      expect(await within.rollBack({ orderId: 'order-1', reason: 'fire' })).toMatchObject({ ok: true })
      expect(await within.campaigns.schedule({ id: 'c', items: [{ sku: 'PHONE' }] })).toMatchObject({
        ok: true,
      })
      expect(await within.limits({ buyer: { user: 'ada' }, skus: ['PHONE'] })).toMatchObject([{ used: 0 }])
      expect(
        await within.preview({ buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] }),
      ).toMatchObject({ reason: 'sale-not-open' })
      expect((await within.audit()).ok).toBe(true)
    })
    expect(await desk.order('order-1')).toMatchObject({ status: 'rolled-back' })
    expect(await desk.compensation('order-1')).toMatchObject({ status: 'required' })
    expect(await desk.campaigns.get('c')).toMatchObject({ status: 'scheduled' })
  })

  it('is told at once where it awaits the desk itself inside its own transaction', async () => {
    const { desk, db } = await openShop()
    await desk.restock({ id: 'delivery-1', sku: 'PHONE', quantity: 2 })
    await db.transaction(async () => {
      const placed = desk.place({
        id: 'order-1',
        buyer: { user: 'ada' },
        lines: [{ sku: 'PHONE', quantity: 1 }],
      })
      await expect(placed).rejects.toMatchObject({ code: 'would-deadlock', id: 'order-1' })
      await expect(desk.availability({ sku: 'PHONE' })).rejects.toMatchObject({ code: 'would-deadlock' })
    })
    expect(await desk.order('order-1')).toBeNull()
  })

  it('lets its rows ride along for a hot SKU; a bad row fails its own order alone', async () => {
    const { desk, db } = await openShop()
    await desk.restock({ id: 'delivery-1', sku: 'PHONE', quantity: 50 })
    const place = (n: number, id = `order-${n}`) =>
      desk.place(
        { id, buyer: { user: `u${n}` }, lines: [{ sku: 'PHONE', quantity: 1 }] },
        { rows: [{ table: 'orders', values: { id: `row-${n % 40}`, user_id: `u${n}`, total: 299 } }] },
      )
    const results = await Promise.allSettled(Array.from({ length: 42 }, (_, n) => place(n)))
    const failed = results.flatMap((one, n) => (one.status === 'rejected' ? [[n, one.reason]] : []))
    expect(failed).toEqual([
      [40, expect.objectContaining({ code: 'row-rejected', id: 'order-40' })],
      [41, expect.objectContaining({ code: 'row-rejected', id: 'order-41' })],
    ])
    expect(await db('orders')).toHaveLength(40)
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 10, reserved: 40 })
    // A retry of an order that stands writes its rows no second time.
    expect(await place(7)).toMatchObject({ ok: true, replayed: true })
    expect(await db('orders')).toHaveLength(40)
  })

  it('sweeps for buyers within their transactions as seldom as outside of them', async () => {
    const { desk, store, db } = await openShop()
    await desk.restock({ id: 'delivery-1', sku: 'PHONE', quantity: 0 })
    let sweeps = 0
    const joined = store.within.bind(store)
    store.within = (trx) =>
      watched(joined(trx), (method, args) => {
        const [command] = method === 'apply' ? (args[2] as { kind: string }[]) : []
        if (command?.kind === 'sweep') sweeps += 1
      })
    const began = performance.now()
    for (let n = 0; n < 50; n++) {
      await db.transaction(async (trx) => {
        const order = { id: `o${n}`, buyer: { user: `u${n}` }, lines: [{ sku: 'PHONE', quantity: 1 }] }
        expect(await desk.within(trx).place(order)).toMatchObject({ reason: 'insufficient-stock' })
      })
    }
    // Nothing is due: all of them together look ten times a second at most.
    expect(sweeps).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - began) / 100))
    expect(sweeps).toBeGreaterThan(0)
  })
})
