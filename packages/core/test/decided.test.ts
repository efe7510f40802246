import { describe, expect, it } from 'vitest'
import {
  DAY,
  HOUR,
  MINUTE,
  openShop,
  orderOf,
  type ShopStore,
  watched,
} from '../src/desk/shop.test-support.js'
import type { Reserve } from '../src/port/commands.js'

// Each paragraph that is decided in the domain's design, by its name.

const twoEach = { limits: [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 }] } as const
const secret = (letter: string) => letter.repeat(32)

describe('Decided', () => {
  it('Refusals are not remembered', async () => {
    const sent: Reserve[] = []
    const around = (store: ShopStore) => watched(store, (method, args) => note(sent, method, args))
    const shop = await openShop({}, { around })
    await shop.stock('PHONE', 0)
    expect(await shop.desk.place(orderOf('o', 'ada'))).toMatchObject({ reason: 'insufficient-stock' })
    await shop.stock('PHONE', 5)
    // A refused id is free: another buyer may have it, for something else.
    expect(await shop.desk.place(orderOf('o', 'bob', 'PHONE', 2))).toMatchObject({ replayed: false })

    // A delayed duplicate of the refused call takes nothing: it is late, and a marker outlives it by far.
    const [refused] = sent as [Reserve]
    const duplicate = { ...refused, id: 'ghost' }
    expect(refused.notAfter - shop.clock.now()).toBe(MINUTE)
    shop.clock.pass(MINUTE + 1)
    expect(await shop.store.apply('main', null, [duplicate])).toMatchObject({ outcomes: [{ kind: 'late' }] })
    expect(await shop.desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 3, reserved: 2 })
  })

  it('Fingerprint', async () => {
    const pools = { default: 'north', byRegion: { south: 'south' } }
    const limits = [{ id: 'by-phone', per: 'phone', scope: 'shop', max: 9 }] as const
    const hashKeys = [{ id: 'k1', secret: secret('a') }]
    const shop = await openShop({ pools, limits }, { hashKeys })
    for (const pool of ['north', 'south'])
      await shop.desk.restock({ id: 'm', sku: 'PHONE', pool, quantity: 9 })
    const buyer = { user: 'ada', phone: '+4930123456', address: 'Here', ip: '10.0.0.1', region: 'south' }
    const lines = [{ sku: 'PHONE', quantity: 1 }]
    const order = { id: 'o', buyer, lines: [...lines, { sku: 'PHONE', quantity: 1 }] }
    await shop.desk.place(order)

    // On the way, all but the user and the lines may change: the policy, its pools, phone, address, IP, data, summing.
    const changed = shop.another({ policy: { pools: { default: 'east' }, holdFor: { hours: 9 } } })
    const moved = { user: 'ada', phone: '+4930999999', address: 'There', ip: '10.9.9.9' }
    const again = { id: 'o', buyer: moved, lines: [{ sku: 'PHONE', quantity: 2 }], data: 'another note' }
    for (const desk of [shop.desk, changed]) {
      expect(await desk.place(again)).toMatchObject({ replayed: true, order: { status: 'awaiting-payment' } })
    }
    const differs = async (other: object) => shop.desk.place({ ...again, ...other })
    const eve = { ...moved, user: 'eve' }
    expect(await differs({ buyer: eve })).toMatchObject({ reason: 'id-reused', differs: ['buyer'] })
    expect(await differs({ lines })).toMatchObject({ reason: 'id-reused', differs: ['lines'] })
    expect(await differs({ buyer: eve, lines })).toMatchObject({ differs: ['buyer', 'lines'] })
    // A pool counts once the caller names it, even the one that the policy chose.
    const named = [{ sku: 'PHONE', quantity: 2, pool: 'south' }]
    expect(await differs({ lines: named })).toMatchObject({ reason: 'id-reused', differs: ['lines'] })
    await shop.desk.recordPayment({ orderId: 'o', paymentId: 'pi' })
    expect(await shop.desk.place(again)).toMatchObject({ replayed: true, order: { status: 'paid' } })
  })

  it('The deadline decides, not the sweeper', async () => {
    const { desk, clock, stock } = await openShop({ unpaidOrder: { per: 'user', scope: 'shop' } })
    await stock('PHONE', 1)
    await stock('WATCH', 1)
    await desk.place(orderOf('o', 'ada'))
    clock.pass(15 * MINUTE - 1)
    expect(await desk.place(orderOf('p', 'ada', 'WATCH'))).toMatchObject({ reason: 'unpaid-order' })
    clock.pass(1)
    // Nobody swept: whoever meets it by its guard or its id finds it expired.
    expect(await desk.place(orderOf('p', 'ada', 'WATCH'))).toMatchObject({ ok: true })
    expect(await desk.extend({ orderId: 'o', by: { hours: 1 } })).toMatchObject({ status: 'expired' })
    // Units of an overdue hold that nobody met come back as soon as another buyer is short of them.
    clock.pass(15 * MINUTE)
    expect(await desk.place(orderOf('q', 'bob', 'WATCH'))).toMatchObject({ ok: true })
    expect(await desk.order('p')).toMatchObject({ status: 'expired' })
  })

  it('Time is the store’s', async () => {
    const limits = [
      {
        id: 'daily',
        per: 'user',
        scope: 'shop',
        max: 1,
        window: { calendar: 'day', timeZone: 'Europe/Berlin' },
      },
    ] as const
    let appTime = 0
    const shop = await openShop({ limits }, { clock: () => appTime })
    const elsewhere = shop.another()
    await shop.stock('PHONE', 9)
    // Whatever an application's clock shows or does, nothing is late.
    for (const [n, time] of [0, 4e15, -1e9, 5, 5].entries()) {
      appTime = time
      expect(await shop.desk.place(orderOf(`o${n}`, `buyer ${n}`)), `at ${time}`).toMatchObject({ ok: true })
    }
    // Its clock stands still past midnight: the window that it names has passed, is named anew, and counts anew.
    expect(await shop.desk.place(orderOf('p', 'buyer 0'))).toMatchObject({ reason: 'purchase-limit' })
    shop.clock.pass(DAY)
    expect(await shop.desk.place(orderOf('p', 'buyer 0'))).toMatchObject({ ok: true })
    // "Close now" takes effect at once, in every process.
    const now = new Date(shop.clock.now())
    await shop.desk.configure({ sku: 'PHONE', closesAt: now })
    expect(await elsewhere.place(orderOf('q', 'cy'))).toMatchObject({ reason: 'sale-closed', closedAt: now })
  })

  it('Late payment', async () => {
    const guarded = { ...twoEach, unpaidOrder: { per: 'user', scope: 'sku' } } as const
    const { desk, clock, stock } = await openShop(guarded)
    await stock('PHONE', 2)
    const pay = (orderId: string, paymentId = `pi of ${orderId}`) =>
      desk.recordPayment({ orderId, paymentId })
    await desk.place(orderOf('late', 'ada'))
    clock.pass(HOUR)
    // It takes units and limits again, not the guard.
    await desk.place(orderOf('open', 'ada'))
    expect(await pay('late')).toMatchObject({ ok: true, late: true })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 0, reserved: 1, sold: 1 })
    expect(await desk.limits({ buyer: { user: 'ada' }, skus: ['PHONE'] })).toMatchObject([{ used: 2 }])
    // Failing that it never takes again, however often it is delivered; only a refund follows.
    clock.pass(HOUR)
    await desk.place(orderOf('other', 'bob'))
    for (const why of ['insufficient-stock', 'insufficient-stock']) {
      expect(await pay('open')).toMatchObject({ reason: 'refund-required', why: { reason: why } })
      await desk.cancel({ orderId: 'other', by: 'seller' })
    }
    expect(await desk.recordRefund({ orderId: 'open', refundId: 're' })).toMatchObject({ status: 'refunded' })
    expect(await pay('open')).toMatchObject({ reason: 'refund-required' })
    // After a cancel always; for a second payment of a paid order, for that payment alone.
    expect(await pay('other')).toMatchObject({ reason: 'refund-required', why: { reason: 'released' } })
    expect(await pay('late', 'second')).toMatchObject({
      why: { reason: 'duplicate-payment' },
    })
    expect(await desk.order('late')).toMatchObject({ status: 'paid', paymentId: 'pi of late' })
  })

  it('Backorder', async () => {
    const { desk, stock } = await openShop({ backorder: true })
    await stock('PHONE', 1)
    await desk.configure({ sku: 'PHONE', backorderLimit: 4 })
    expect(await desk.place(orderOf('first', 'ada', 'PHONE', 3))).toMatchObject({
      order: { lines: [{ owed: 2 }] },
    })
    await desk.place(orderOf('second', 'bob', 'PHONE', 2))
    const account = { available: 0, reserved: 1, sold: 0, backordered: 4, supplied: 1, sellable: 0 }
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject(account)
    // A restock fills the oldest first, and a newcomer cannot overtake.
    await stock('PHONE', 3)
    expect(await desk.order('first')).toMatchObject({ lines: [{ quantity: 3, owed: 0 }] })
    expect(await desk.order('second')).toMatchObject({ lines: [{ quantity: 2, owed: 1 }] })
    const unable = await desk.place(orderOf('third', 'cy', 'PHONE', 5))
    expect(unable).toMatchObject({ reason: 'insufficient-stock', lines: [{ requested: 5, available: 0 }] })
  })

  it('Movements', async () => {
    const { desk } = await openShop()
    const restock = { id: 'same', sku: 'PHONE', quantity: 0 }
    // A restock of 0, too, creates the account.
    expect(await desk.availability({ sku: 'PHONE' })).toBeNull()
    expect(await desk.restock(restock)).toMatchObject({ ok: true, replayed: false, available: 0 })
    expect(await desk.restock(restock)).toMatchObject({ ok: true, replayed: true })
    expect(await desk.restock({ ...restock, quantity: 5 })).toMatchObject({ ok: false, reason: 'id-reused' })
    // Ids are those of one account, and none of an order's.
    expect(await desk.restock({ ...restock, pool: 'south', quantity: 5 })).toMatchObject({ replayed: false })
    await desk.restock({ id: 'more', sku: 'PHONE', quantity: 5 })
    expect(await desk.place(orderOf('same', 'ada'))).toMatchObject({ ok: true, replayed: false })
  })

  it('Adjusting down', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 5)
    await desk.place(orderOf('o', 'ada', 'PHONE', 2))
    const lost = (id: string, delta: number) => desk.adjust({ id, sku: 'PHONE', delta, cause: 'lost' })
    const short = { ok: false, reason: 'insufficient-stock', requested: 4, available: 3 }
    expect(await lost('a', -4)).toMatchObject(short)
    expect(await lost('b', -3)).toMatchObject({ ok: true, available: 0 })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ reserved: 2, supplied: 2 })
  })

  it('Retention', async () => {
    const shop = await openShop()
    await shop.stock('PHONE', 5)
    await shop.desk.place(orderOf('o', 'ada'))
    await shop.desk.cancel({ orderId: 'o', by: 'buyer' })
    const afterwards = async (ms: number) => {
      shop.clock.pass(ms)
      await shop.worker().runOnce()
      return shop.desk.place(orderOf('o', 'ada'))
    }
    expect(await afterwards(30 * DAY - 1)).toMatchObject({ reason: 'order-ended', status: 'cancelled' })
    expect(await afterwards(1)).toMatchObject({ ok: true, replayed: false })
  })

  it('Malformed is an error, not an outcome', async () => {
    const asked: string[] = []
    const shop = await openShop({}, { around: (store) => watched(store, (method) => asked.push(method)) })
    await shop.stock('PHONE', 5)
    asked.length = 0
    const malformed = orderOf('o', 'ada', 'PHONE', 1.5)
    const error = { code: 'invalid-argument', path: 'lines[0].quantity' }
    await expect(shop.desk.place(malformed)).rejects.toMatchObject(error)
    expect(asked).toEqual([])
    // Among others, that element alone.
    const [one, two, three] = await Promise.allSettled(
      [orderOf('a', 'ada'), malformed, orderOf('b', 'bob')].map((order) => shop.desk.place(order)),
    )
    expect(two).toMatchObject({ status: 'rejected', reason: error })
    expect([one, three]).toMatchObject([{ value: { ok: true } }, { value: { ok: true } }])
  })

  it('Ids and subjects', async () => {
    const { desk } = await openShop(twoEach)
    const alike = ['A', 'a', 'A ', ' A', 'A\0', '\u00c5', 'A\u030a', '\u{1f600}'.repeat(64), 'x'.repeat(128)]
    for (const name of alike) await desk.restock({ id: name, sku: name, quantity: 9 })
    // As SKU, as order and as buyer, each is itself, byte for byte.
    for (const [n, name] of alike.entries()) {
      expect(await desk.place(orderOf(name, name, name, 2)), name).toMatchObject({
        ok: true,
        replayed: false,
      })
      expect(await desk.place(orderOf(`again ${n}`, name, name)), name).toMatchObject({
        reason: 'purchase-limit',
      })
      expect(await desk.availability({ sku: name }), name).toMatchObject({ available: 7, reserved: 2 })
    }
    for (const name of ['', 'x'.repeat(129), '\u{1f600}'.repeat(65), 'half \ud83d']) {
      await expect(desk.place(orderOf(name, 'ada')), name).rejects.toMatchObject({ path: 'id' })
      await expect(desk.place(orderOf('o', name)), name).rejects.toMatchObject({ path: 'buyer.user' })
    }
    await expect(desk.place(orderOf('o', 'ada', 'A', 1_000_000_001))).rejects.toMatchObject({
      path: 'lines[0].quantity',
    })
    expect(await desk.place(orderOf('o', 'bob', 'A', 1_000_000_000))).toMatchObject({
      reason: 'purchase-limit',
    })
    const most = { id: 'most', sku: 'full', quantity: Number.MAX_SAFE_INTEGER }
    expect(await desk.restock(most)).toMatchObject({ ok: true })
    expect(await desk.restock({ id: 'one', sku: 'full', quantity: 1 })).toMatchObject({
      ok: false,
      reason: 'overflow',
    })
  })

  it('Identities are normalised before hashing', async () => {
    const per = (kind: string) => ({ id: kind, per: kind, scope: 'shop', max: 1 }) as const
    const german = { phone: { defaultCountry: 'DE' } }
    const phones =
      '+49 30 1234567|0049301234567|030/1234567|(030) 12 34 567|+49-30-1234567|030 1234567|+49 (0)30 1234567|030-1234567|0049 30 123 45 67|+4930 123 4567'
    const spellings: readonly (readonly [string, object, string])[] = [
      ['phone', german, phones],
      ['ip', {}, '2001:db8::1|2001:DB8:0:0::2|2001:0db8::ffff'],
      ['ip', {}, '192.0.2.1|::ffff:192.0.2.1'],
      ['address', {}, 'Main Street 1| main  street 1 |MAIN STREET \uff11'],
    ]
    for (const [kind, identities, all] of spellings) {
      const spelt = all.split('|')
      const policy = { limits: [per(kind)], identities }
      // A key is demanded only where a policy counts a keyed identity.
      await expect(openShop(policy)).rejects.toMatchObject({ code: 'invalid-argument', path: 'hashKeys' })
      const shop = await openShop(policy, { hashKeys: [{ id: 'k1', secret: secret('a') }] })
      await shop.stock('PHONE', 99)
      const place = (id: string, spelling: string, desk = shop.desk) =>
        desk.place({ ...orderOf(id, `user ${id}`), buyer: { user: `user ${id}`, [kind]: spelling } })
      expect(await place('first', spelt[0] as string)).toMatchObject({ ok: true })
      for (const [n, spelling] of spelt.entries())
        expect(await place(`o${n}`, spelling), spelling).toMatchObject({
          reason: 'purchase-limit',
          limit: kind,
        })
      // Keys rotate: names under the older one are still found.
      const rotated = shop.another({
        hashKeys: [
          { id: 'k2', secret: secret('b') },
          { id: 'k1', secret: secret('a') },
        ],
      })
      expect(await place('rotated', spelt[1] as string, rotated)).toMatchObject({ reason: 'purchase-limit' })
    }
    // Names of users never rotate, and need no key.
    const shop = await openShop({ limits: [per('user')] })
    await shop.stock('PHONE', 9)
    await shop.desk.place(orderOf('o', 'ada'))
    const keyed = shop.another({ hashKeys: [{ id: 'k9', secret: secret('z') }] })
    expect(await keyed.place(orderOf('p', 'ada'))).toMatchObject({ reason: 'purchase-limit', limit: 'user' })
  })
})

function note(sent: Reserve[], method: string, args: readonly unknown[]): void {
  if (method !== 'apply') return
  for (const command of args[2] as readonly Reserve[]) if (command.kind === 'reserve') sent.push(command)
}
