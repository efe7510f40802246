import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../errors.js'
import { HOUR, openShop, orderOf, type Shop, START, watched } from './shop.test-support.js'

const ITEM = { sku: 'PHONE', pool: 'default', backorderLimit: 0 }
const at = (hours: number) => new Date(START + hours * HOUR)
const scheduled = (rest: object = {}) => ({ id: 'spring', items: [{ sku: 'PHONE' }], ...rest })

/** How an order for the SKU fares. */
async function fate({ desk }: Shop, sku = 'PHONE'): Promise<string> {
  const preview = await desk.preview(orderOf('try', 'ada', sku))
  return preview.ok ? 'on sale' : preview.reason
}
async function shopOf(...skus: string[]) {
  const shop = await openShop()
  for (const sku of skus) await shop.stock(sku, 9)
  return shop
}

describe('a campaign', () => {
  it('opens and closes its accounts by the store’s clock, whether a worker says so or not', async () => {
    const shop = await shopOf('PHONE')
    const { desk, clock, worker } = shop
    const campaign = {
      id: 'spring',
      status: 'scheduled',
      opensAt: at(1),
      closesAt: at(2),
      items: [ITEM],
      version: 1,
    }
    expect(await desk.campaigns.schedule(scheduled({ opensAt: at(1), closesAt: at(2) }))).toEqual({
      ok: true,
      campaign,
      replayed: false,
      missing: [],
    })
    expect(await fate(shop)).toBe('sale-not-open')
    clock.set(START + HOUR)
    expect(await fate(shop)).toBe('on sale')
    expect(await desk.campaigns.get('spring')).toEqual(campaign)
    expect(await worker().runOnce()).toMatchObject({ campaigns: 1 })
    expect(await desk.campaigns.get('spring')).toMatchObject({ status: 'open', opensAt: at(1) })
    clock.set(START + 2 * HOUR)
    expect(await fate(shop)).toBe('sale-closed')
    expect(await worker().runOnce()).toMatchObject({ campaigns: 1 })
    expect(await desk.campaigns.get('spring')).toMatchObject({ status: 'closed', closesAt: at(2) })
    expect(await worker().runOnce()).toMatchObject({ campaigns: 0 })
  })

  it('scheduled again is the same one; another under its id is none', async () => {
    const { desk } = await shopOf('PHONE')
    await desk.campaigns.schedule(scheduled({ opensAt: at(1) }))
    expect(await desk.campaigns.schedule(scheduled({ opensAt: at(1) }))).toMatchObject({
      ok: true,
      replayed: true,
    })
    expect(await desk.campaigns.schedule(scheduled({ opensAt: at(2) }))).toEqual({
      ok: false,
      reason: 'id-reused',
    })
  })

  it('without an opening is opened by hand, once', async () => {
    const shop = await shopOf('PHONE')
    const { desk, clock } = shop
    // It may still have its end.
    expect(await desk.campaigns.schedule(scheduled({ closesAt: at(3) }))).toMatchObject({ ok: true })
    expect(await desk.place(orderOf('o1', 'ada'))).toEqual({
      ok: false,
      id: 'o1',
      reason: 'sale-not-open',
      sku: 'PHONE',
      pool: 'default',
      opensAt: null,
    })
    clock.set(START + HOUR)
    const opened = { ok: true, campaign: { status: 'open', opensAt: at(1), closesAt: at(3) } }
    expect(await desk.campaigns.open({ id: 'spring' })).toMatchObject({ ...opened, replayed: false })
    expect(await fate(shop)).toBe('on sale')
    clock.pass(HOUR)
    expect(await desk.campaigns.open({ id: 'spring' })).toMatchObject({ ...opened, replayed: true })
    clock.set(START + 3 * HOUR)
    expect(await fate(shop)).toBe('sale-closed')
  })

  it('closed now is closed at once in every process', async () => {
    const shop = await shopOf('PHONE')
    const other = shop.another()
    await shop.desk.campaigns.schedule(scheduled({ opensAt: at(0) }))
    expect(await other.place(orderOf('o1', 'ada'))).toMatchObject({ ok: true })
    expect(await shop.desk.campaigns.close({ id: 'spring' })).toMatchObject({
      ok: true,
      campaign: { status: 'closed', closesAt: at(0) },
    })
    expect(await other.place(orderOf('o2', 'bob'))).toMatchObject({ reason: 'sale-closed', closedAt: at(0) })
    // Who placed in time may pay.
    expect(await other.recordPayment({ orderId: 'o1', paymentId: 'p1' })).toMatchObject({ status: 'paid' })
    expect(await shop.desk.campaigns.close({ id: 'spring' })).toMatchObject({ ok: true, replayed: true })
    expect(await shop.desk.campaigns.open({ id: 'spring' })).toEqual({
      ok: false,
      reason: 'already',
      status: 'closed',
    })
  })

  it('closed before it opened never opens', async () => {
    const shop = await shopOf('PHONE')
    await shop.desk.campaigns.schedule(scheduled({ opensAt: at(1), closesAt: at(2) }))
    expect(await shop.desk.campaigns.close({ id: 'spring' })).toMatchObject({ ok: true })
    expect(await fate(shop)).toBe('sale-closed')
    shop.clock.set(START + HOUR)
    expect(await fate(shop)).toBe('sale-closed')
    expect(await shop.worker().runOnce()).toMatchObject({ campaigns: 0 })
  })

  it('opened after its end is closed, and the worker says so', async () => {
    const shop = await shopOf('PHONE')
    await shop.desk.campaigns.schedule(scheduled({ closesAt: at(1) }))
    shop.clock.set(START + 2 * HOUR)
    expect(await shop.desk.campaigns.open({ id: 'spring' })).toMatchObject({ ok: true })
    expect(await fate(shop)).toBe('sale-closed')
    expect(await shop.worker().runOnce()).toMatchObject({ campaigns: 1 })
    expect(await shop.desk.campaigns.get('spring')).toMatchObject({ status: 'closed' })
  })

  it('withdrawn leaves its accounts as if it had never been', async () => {
    const shop = await shopOf('PHONE')
    await shop.desk.campaigns.schedule(
      scheduled({ opensAt: at(1), items: [{ sku: 'PHONE', backorderLimit: 5 }] }),
    )
    expect(await shop.desk.availability({ sku: 'PHONE' })).toMatchObject({
      opensAt: at(1),
      backorderLimit: 5,
    })
    expect(await shop.desk.campaigns.withdraw({ id: 'spring' })).toMatchObject({ ok: true, replayed: false })
    expect(await fate(shop)).toBe('on sale')
    expect(await shop.desk.availability({ sku: 'PHONE' })).toMatchObject({ opensAt: null, backorderLimit: 0 })
    const withdrawn = { ok: false, reason: 'already', status: 'withdrawn' }
    expect(await shop.desk.campaigns.open({ id: 'spring' })).toEqual(withdrawn)
    expect(await shop.desk.campaigns.changeItems(scheduled())).toEqual(withdrawn)
    expect(await shop.desk.campaigns.withdraw({ id: 'spring' })).toMatchObject({ ok: true, replayed: true })
  })

  it('that nobody scheduled is unknown', async () => {
    const { desk } = await openShop()
    const unknown = { ok: false, reason: 'unknown-campaign' }
    for (const method of ['open', 'close', 'withdraw'] as const)
      expect(await desk.campaigns[method]({ id: 'spring' })).toEqual(unknown)
    expect(await desk.campaigns.changeItems(scheduled())).toEqual(unknown)
    expect(await desk.campaigns.get('spring')).toBeNull()
  })

  it('of accounts that nobody restocked tells which, and has them once it is called again', async () => {
    const shop = await shopOf('PHONE')
    const items = [{ sku: 'TABLET' }, { sku: 'PHONE' }, { sku: 'CASE' }]
    const missing = ['TABLET', 'CASE'].map((sku) => ({ ...ITEM, sku }))
    expect(await shop.desk.campaigns.schedule(scheduled({ opensAt: at(1), items }))).toMatchObject({
      ok: true,
      missing,
    })
    await shop.stock('TABLET', 0)
    await shop.stock('CASE', 5)
    expect(await shop.desk.campaigns.schedule(scheduled({ opensAt: at(1), items }))).toMatchObject({
      missing: [],
    })
    expect(await fate(shop, 'CASE')).toBe('sale-not-open')
  })

  it('has each account once, whether its pool is written or the policy’s', async () => {
    const { desk } = await openShop({ pools: { byRegion: { north: 'eu' }, byCampaign: { spring: 'drop' } } })
    const twice = [{ sku: 'PHONE' }, { sku: 'CASE' }, { sku: 'PHONE', pool: 'drop' }]
    const fault = (path: string) => ({ code: 'invalid-argument', path })
    await expect(desk.campaigns.schedule(scheduled({ items: twice }))).rejects.toMatchObject(
      fault('items[2]'),
    )
    const summer = { id: 'summer', items: [{ sku: 'CASE', pool: 'eu' }, { sku: 'PHONE' }] }
    await expect(desk.campaigns.schedule(summer)).rejects.toMatchObject(fault('items[1].pool'))
  })
})

describe('the items of a campaign', () => {
  it('can change until it is closed; those taken out are sold freely', async () => {
    const shop = await shopOf('PHONE', 'CASE')
    const { campaigns } = shop.desk
    await campaigns.schedule(scheduled({ opensAt: at(1) }))
    const changed = await campaigns.changeItems({ id: 'spring', items: [{ sku: 'CASE', backorderLimit: 2 }] })
    expect(changed).toMatchObject({ ok: true, campaign: { items: [{ sku: 'CASE', backorderLimit: 2 }] } })
    expect([await fate(shop), await fate(shop, 'CASE')]).toEqual(['on sale', 'sale-not-open'])
    await campaigns.close({ id: 'spring' })
    expect([await fate(shop), await fate(shop, 'CASE')]).toEqual(['on sale', 'sale-closed'])
    expect(await campaigns.changeItems(scheduled())).toEqual({
      ok: false,
      reason: 'already',
      status: 'closed',
    })
  })

  it('that moved to another campaign follow that one', async () => {
    const shop = await shopOf('PHONE', 'CASE')
    const { campaigns } = shop.desk
    await campaigns.schedule(scheduled({ opensAt: at(0), items: [{ sku: 'PHONE' }, { sku: 'CASE' }] }))
    await campaigns.changeItems({ id: 'spring', items: [{ sku: 'PHONE' }] })
    await campaigns.schedule({ id: 'summer', opensAt: at(9), items: [{ sku: 'CASE' }] })
    expect(await fate(shop, 'CASE')).toBe('sale-not-open')
    await campaigns.changeItems({ id: 'spring', items: [{ sku: 'PHONE', backorderLimit: 1 }] })
    await campaigns.close({ id: 'spring' })
    expect(await fate(shop, 'CASE')).toBe('sale-not-open')
  })
})

describe('campaigns that share an account', () => {
  it('take turns: the next one is scheduled while one is running, and opens after it', async () => {
    const shop = await shopOf('PHONE')
    const { clock, worker } = shop
    const { campaigns } = shop.desk
    await campaigns.schedule(scheduled({ opensAt: at(0), closesAt: at(2) }))
    await worker().runOnce()
    await campaigns.schedule({ id: 'summer', opensAt: at(4), closesAt: at(6), items: [{ sku: 'PHONE' }] })
    expect(await fate(shop)).toBe('on sale')
    const fates: string[] = []
    for (const hour of [2, 3, 4, 6]) {
      clock.set(START + hour * HOUR)
      await worker().runOnce()
      fates.push(await fate(shop))
    }
    expect(fates).toEqual(['sale-not-open', 'sale-not-open', 'on sale', 'sale-closed'])
    // Closing the first again, years later, is nothing to the second.
    await campaigns.close({ id: 'spring' })
    expect(await shop.desk.availability({ sku: 'PHONE' })).toMatchObject({ closesAt: at(2) })
  })

  it('leave it as the last word says, whichever of two processes is slower to write it', async () => {
    let held: (() => void) | null = null
    const shop = await openShop({}, {})
    await shop.stock('PHONE', 9)
    const slow = shop.another({
      store: watched(shop.store, (method, args) => {
        const [command] = method === 'apply' ? (args[2] as { kind: string }[]) : []
        if (command?.kind !== 'configure' || held !== null) return undefined
        return new Promise<void>((resolve) => {
          held = resolve
        })
      }),
    })
    await shop.desk.campaigns.schedule(scheduled({ opensAt: at(1) }))
    const opening = slow.campaigns.open({ id: 'spring' })
    while (held === null) await new Promise(setImmediate)
    await shop.desk.campaigns.close({ id: 'spring' })
    ;(held as () => void)()
    await opening
    expect(await fate(shop)).toBe('sale-closed')
  })
})

describe('keeping time', () => {
  it('goes on with the other campaigns where one fails', async () => {
    let fails = true
    const shop = await openShop(
      {},
      {
        around: (store) =>
          watched(store, (method, [command]) => {
            const { id } = method === 'applyToCampaign' ? (command as { id: string }) : { id: '' }
            if (fails && id === 'a') throw new HoldfastError('store-failed', 'it broke')
          }),
      },
    )
    await shop.stock('PHONE', 1)
    fails = false
    for (const id of ['a', 'b'])
      await shop.desk.campaigns.schedule({ id, opensAt: at(1), items: [{ sku: 'PHONE' }] })
    fails = true
    shop.clock.set(START + HOUR)
    await expect(shop.worker().runOnce()).rejects.toMatchObject({ code: 'store-failed' })
    fails = false
    expect(await shop.desk.campaigns.get('b')).toMatchObject({ status: 'open' })
    expect(await shop.worker().runOnce()).toMatchObject({ campaigns: 1 })
  })
})

describe('campaigns are listed', () => {
  it('page by page', async () => {
    const { desk } = await shopOf('PHONE')
    for (const id of ['a', 'b', 'c']) await desk.campaigns.schedule({ id, items: [{ sku: 'PHONE' }] })
    const first = await desk.campaigns.list({ limit: 2 })
    const second = await desk.campaigns.list({ limit: 2, cursor: first.cursor ?? undefined })
    expect([first, second].map(({ campaigns }) => campaigns.map(({ id }) => id))).toEqual([['a', 'b'], ['c']])
    expect(second.cursor).toBeNull()
  })
})
