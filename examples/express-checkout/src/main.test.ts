import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let folder = ''
let shop: ChildProcess
let url = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-checkout-'))
  await open()
})
afterAll(async () => {
  await close()
  rmSync(folder, { recursive: true, force: true })
})

/** Starts the shop as its README does, but on the packages' sources, which need no build. */
async function open(): Promise<void> {
  shop = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('./main.ts', import.meta.url))], {
    cwd: fileURLToPath(new URL('../../../', import.meta.url)),
    env: { ...process.env, PORT: '0', SHOP_DB: join(folder, 'shop.db') },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: shop.stdout as NodeJS.ReadableStream })) {
    url = /http:\S+$/.exec(line)?.[0] ?? ''
    if (url !== '') return
  }
  throw new Error('the shop did not open')
}

async function close(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  if (shop.exitCode !== null || shop.signalCode !== null) return shop.exitCode
  const ended = once(shop, 'exit')
  shop.kill(signal)
  const [status] = (await ended) as [number | null]
  return status
}

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const type = response.headers.get('content-type')?.split(';')[0]
  return { status: response.status, type, body: text === '' ? null : (JSON.parse(text) as unknown) }
}
const post = (path: string, body: unknown) => call('POST', path, body)
const get = async (path: string) => (await call('GET', path)).body
const cart = (orderId: string, userId: string, sku = 'CASE', quantity = 1) => ({
  orderId,
  userId,
  lines: [{ sku, quantity }],
  total: 29_900 * quantity,
})

describe('the shop', () => {
  it('sells until it is sold out, and says which line is short', async () => {
    const buyers = ['ada', 'bob', 'eve', 'kim', 'joe', 'sue']
    const answers = await Promise.all(
      buyers.map((user) => post('/checkout', cart(`p-${user}`, user, 'PHONE'))),
    )
    const sold = answers.filter(({ status }) => status === 201)
    expect(sold).toHaveLength(3)
    for (const { body } of sold) expect(body).toEqual({ payBy: expect.any(String) })
    for (const refused of answers.filter(({ status }) => status !== 201)) {
      expect(refused).toEqual({
        status: 409,
        type: 'application/problem+json',
        body: {
          type: 'urn:holdfast:insufficient-stock',
          title: 'Not enough is left',
          status: 409,
          id: expect.stringMatching(/^p-/),
          lines: [{ sku: 'PHONE', pool: 'default', requested: 1, available: 0 }],
          exact: true,
        },
      })
    }
    expect(await get('/stock/PHONE')).toEqual({ sellable: 0, reserved: 3, sold: 0 })
  })

  it('sells a cart that is sent twice once, and lets its buyer pay before buying more', async () => {
    const first = await post('/checkout', cart('c1', 'ada'))
    expect(first.status).toBe(201)
    expect(await post('/checkout', cart('c1', 'ada'))).toEqual(first)
    const other = { ...cart('c1', 'ada'), lines: [{ sku: 'CASE', quantity: 2 }] }
    expect(await post('/checkout', other)).toMatchObject({ body: { type: 'urn:holdfast:id-reused' } })
    expect(await get('/orders/c1')).toMatchObject({ row: { status: 'awaiting-payment' } })
    const unpaid = { status: 409, body: { type: 'urn:holdfast:unpaid-order', orderId: 'c1' } }
    expect(await post('/checkout', cart('c2', 'ada'))).toMatchObject(unpaid)
    const paid = { status: 200, body: { status: 'paid' } }
    for (const delivery of ['first', 'again'])
      expect(await post('/webhooks/payment', { orderId: 'c1', paymentId: 'pi_1' }), delivery).toMatchObject(
        paid,
      )
    expect(await post('/checkout', cart('c2', 'ada'))).toMatchObject({ status: 201 })
    await post('/webhooks/payment', { orderId: 'c2', paymentId: 'pi_2' })
    expect(await post('/checkout', cart('c3', 'ada'))).toMatchObject({
      body: { type: 'urn:holdfast:purchase-limit', limit: 'two-each', used: 2 },
    })
    expect(await get('/orders/c2')).toMatchObject({
      order: { status: 'paid', paymentId: 'pi_2' },
      row: { user_id: 'ada', total: 29_900, status: 'paid' },
    })
  })

  it('cancels for the buyer alone, and has a payment that comes later given back', async () => {
    await post('/checkout', cart('c4', 'bob'))
    expect(await post('/orders/c4/cancel', { userId: 'ada' })).toMatchObject({ status: 404 })
    expect(await post('/orders/c4/cancel', { userId: 'bob' })).toMatchObject({
      body: { status: 'cancelled' },
    })
    expect(await post('/webhooks/payment', { orderId: 'c4', paymentId: 'pi_4' })).toEqual({
      status: 200,
      type: 'application/json',
      body: { refund: 'pi_4', why: 'released' },
    })
    expect(await post('/webhooks/payment', { orderId: 'c9', paymentId: 'pi_9' })).toMatchObject({
      status: 404,
    })
    expect(await get('/stock/CASE')).toEqual({ sellable: 98, reserved: 0, sold: 2 })
  })

  it('sells a hot SKU with rows that ride along', async () => {
    const buyers = Array.from({ length: 60 }, (_, n) => `u${n}`)
    const answers = await Promise.all(
      buyers.map((user) => post('/checkout/hot', cart(`b-${user}`, user, 'BADGE'))),
    )
    const buyerTold = (status: number) => buyers[answers.findIndex((answer) => answer.status === status)]
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50)
    expect(await get(`/orders/b-${buyerTold(201)}`)).toMatchObject({ row: { status: 'awaiting-payment' } })
    expect(await call('GET', `/orders/b-${buyerTold(409)}`)).toMatchObject({ status: 404 })
  })

  it('tells what is wrong with a cart, by the field, and keeps nothing of it', async () => {
    expect(await post('/checkout', cart('c5', 'eve', 'CASE', 0))).toEqual({
      status: 400,
      type: 'application/json',
      body: { error: 'lines[0].quantity: must be at least 1', path: 'lines[0].quantity' },
    })
    expect(await post('/checkout', { ...cart('c5', 'eve'), total: 'free' })).toMatchObject({ status: 400 })
    expect(await post('/checkout', null)).toMatchObject({ status: 400 })
    expect(await call('GET', '/orders/c5')).toMatchObject({ status: 404 })
  })

  it('goes on where it was, stopped in order or killed', async () => {
    const before = await get('/stock/CASE')
    await post('/checkout', cart('c6', 'kim'))
    expect(await close()).toBe(0)
    await open()
    await post('/checkout', cart('c7', 'joe'))
    await close('SIGKILL')
    await open()
    expect(await post('/checkout', cart('c6', 'kim'))).toMatchObject({ status: 201 })
    expect([before, await get('/stock/CASE')]).toEqual([
      { sellable: 98, reserved: 0, sold: 2 },
      { sellable: 96, reserved: 2, sold: 2 },
    ])
  })
})
