import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../errors.js'
import { HOUR, openShop, orderOf, type Shop, START, watched } from './shop.test-support.js'

const account = (rest: object) => ({
  sku: 'PHONE',
  pool: 'default',
  available: 0,
  reserved: 0,
  sold: 0,
  backordered: 0,
  supplied: 0,
  sellable: 0,
  opensAt: null,
  closesAt: null,
  backorderLimit: 0,
  ...rest,
})

describe('a restock', () => {
  it('creates the account, with 0 units too', async () => {
    const { desk } = await openShop()
    expect(await desk.availability({ sku: 'PHONE' })).toBeNull()
    const restock = { id: 'd1', sku: 'PHONE', quantity: 0 }
    expect(await desk.restock(restock)).toEqual({ ok: true, id: 'd1', replayed: false, available: 0 })
    expect(await desk.availability({ sku: 'PHONE' })).toEqual(account({}))
  })

  it('again under its id puts nothing in; with other data its id is taken', async () => {
    const { desk } = await openShop()
    const restock = { id: 'd1', sku: 'PHONE', quantity: 5 }
    await desk.restock(restock)
    await desk.place(orderOf('o1', 'ada', 'PHONE', 2))
    expect(await desk.restock(restock)).toEqual({ ok: true, id: 'd1', replayed: true, available: 3 })
    const reused = { ok: false, id: 'd1', reason: 'id-reused' }
    expect(await desk.restock({ ...restock, quantity: 6 })).toEqual(reused)
    expect(await desk.adjust({ id: 'd1', sku: 'PHONE', delta: 5, cause: 'found' })).toEqual(reused)
    // Ids of movements are of one account.
    expect(await desk.restock({ ...restock, sku: 'CASE' })).toMatchObject({ ok: true, replayed: false })
  })

  it('of more than can be counted is refused', async () => {
    const { desk } = await openShop()
    await desk.restock({ id: 'd1', sku: 'PHONE', quantity: Number.MAX_SAFE_INTEGER })
    expect(await desk.restock({ id: 'd2', sku: 'PHONE', quantity: 1 })).toEqual({
      ok: false,
      id: 'd2',
      reason: 'overflow',
    })
  })

  it('fills the oldest who are owed units first, and leaves newcomers the rest', async () => {
    const { desk, stock, clock } = await openShop({ backorder: true })
    await stock('PHONE', 0)
    await desk.configure({ sku: 'PHONE', backorderLimit: 300 })
    for (let n = 0; n < 250; n++) {
      await desk.place(orderOf(`o${n}`, `u${n}`))
      clock.pass(1)
    }
    const owed = async () => {
      const { orders } = await desk.orders({ limit: 1_000 })
      return orders.filter(({ lines }) => lines[0]?.owed === 1).map(({ id }) => Number(id.slice(1)))
    }
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ backordered: 250, sellable: 0 })
    expect(await desk.restock({ id: 'd1', sku: 'PHONE', quantity: 3 })).toMatchObject({ available: 0 })
    expect((await owed()).sort((a, b) => a - b)[0]).toBe(3)
    // More than one batch fills at once.
    expect(await desk.restock({ id: 'd2', sku: 'PHONE', quantity: 250 })).toMatchObject({ available: 3 })
    expect(await owed()).toEqual([])
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({
      reserved: 250,
      backordered: 0,
      sellable: 3,
    })
  })

  it('that was made is told as made, whatever fails when it is handed out', async () => {
    let breaks = false
    const { desk, stock, worker } = await openShop(
      { backorder: true },
      {
        around: (store) =>
          watched(store, (method, args) => {
            const [command] = method === 'apply' ? (args[2] as { kind: string }[]) : []
            if (breaks && command?.kind === 'fill') throw new HoldfastError('not-sent', 'the deadline passed')
          }),
      },
    )
    await stock('PHONE', 0)
    await desk.configure({ sku: 'PHONE', backorderLimit: 9 })
    await desk.place(orderOf('o1', 'ada'))
    breaks = true
    const restock = { id: 'd1', sku: 'PHONE', quantity: 1 }
    expect(await desk.restock(restock)).toEqual({ ok: true, id: 'd1', replayed: false, available: 1 })
    breaks = false
    expect(await desk.order('o1')).toMatchObject({ lines: [{ owed: 1 }] })
    expect(await worker().runOnce()).toMatchObject({ filled: 1 })
    expect(await desk.order('o1')).toMatchObject({ lines: [{ owed: 0 }] })
  })
})

describe('an adjustment', () => {
  it('adds what was found and takes what was lost, under its cause', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 5)
    expect(await desk.adjust({ id: 'a1', sku: 'PHONE', delta: 2, cause: 'counted' })).toMatchObject({
      available: 7,
    })
    expect(await desk.adjust({ id: 'a2', sku: 'PHONE', delta: -4, cause: 'broken' })).toEqual({
      ok: true,
      id: 'a2',
      replayed: false,
      available: 3,
    })
    expect(
      (await desk.ledger({ sku: 'PHONE' })).entries.map(({ cause, supplied }) => [cause, supplied]),
    ).toEqual([
      ['restock', 5],
      ['counted', 2],
      ['broken', -4],
    ])
  })

  it('never takes what is promised', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 5)
    await desk.place(orderOf('o1', 'ada', 'PHONE', 3))
    expect(await desk.adjust({ id: 'a1', sku: 'PHONE', delta: -3, cause: 'lost' })).toEqual({
      ok: false,
      id: 'a1',
      reason: 'insufficient-stock',
      requested: 3,
      available: 2,
    })
    expect(await desk.adjust({ id: 'a1', sku: 'CASE', delta: -1, cause: 'lost' })).toEqual({
      ok: false,
      id: 'a1',
      reason: 'account-unknown',
    })
  })
})

describe('a transfer', () => {
  const transfer = { id: 't1', sku: 'PHONE', from: 'eu', to: 'us', quantity: 2 }
  async function pools({ desk }: Shop, eu: number, us: number) {
    await desk.restock({ id: 'd', sku: 'PHONE', pool: 'eu', quantity: eu })
    await desk.restock({ id: 'd', sku: 'PHONE', pool: 'us', quantity: us })
  }

  it('moves available units, once', async () => {
    const shop = await openShop()
    await pools(shop, 5, 0)
    expect(await shop.desk.transfer(transfer)).toEqual({ ok: true, id: 't1', replayed: false })
    expect(await shop.desk.transfer(transfer)).toEqual({ ok: true, id: 't1', replayed: true })
    expect(await shop.desk.availability({ sku: 'PHONE', pool: 'eu' })).toMatchObject({
      available: 3,
      supplied: 3,
    })
    expect(await shop.desk.availability({ sku: 'PHONE', pool: 'us' })).toMatchObject({
      available: 2,
      supplied: 2,
    })
    expect(await shop.desk.transfer({ ...transfer, quantity: 1 })).toMatchObject({ reason: 'id-reused' })
  })

  it('moves nothing that is not there, and nowhere that is not', async () => {
    const shop = await openShop()
    await pools(shop, 1, 0)
    expect(await shop.desk.transfer(transfer)).toEqual({
      ok: false,
      id: 't1',
      reason: 'insufficient-stock',
      requested: 2,
      available: 1,
    })
    expect(await shop.desk.transfer({ ...transfer, quantity: 1, to: 'asia' })).toEqual({
      ok: false,
      id: 't1',
      reason: 'account-unknown',
    })
    expect(await shop.desk.availability({ sku: 'PHONE', pool: 'eu' })).toMatchObject({ available: 1 })
  })

  it('reaches those who are owed units in the other pool', async () => {
    const shop = await openShop({ backorder: true, pools: { default: 'us' } })
    await pools(shop, 5, 0)
    await shop.desk.configure({ sku: 'PHONE', backorderLimit: 9 })
    await shop.desk.place(orderOf('o1', 'ada', 'PHONE', 2))
    await shop.desk.transfer(transfer)
    expect(await shop.desk.order('o1')).toMatchObject({ lines: [{ owed: 0 }] })
  })
})

describe('configuring an account', () => {
  it('leaves what is not named as it is', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 1)
    const [opensAt, closesAt] = [new Date(START + HOUR), new Date(START + 2 * HOUR)]
    expect(await desk.configure({ sku: 'PHONE', opensAt, backorderLimit: 7 })).toEqual({ ok: true })
    await desk.configure({ sku: 'PHONE', closesAt })
    const set = { opensAt, closesAt, backorderLimit: 7 }
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject(set)
    await desk.configure({ sku: 'PHONE' })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject(set)
    await desk.configure({ sku: 'PHONE', opensAt: null })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ ...set, opensAt: null })
    expect(await desk.configure({ sku: 'CASE' })).toEqual({ ok: false, reason: 'account-unknown' })
  })

  it('never leaves a sale open for no time, whichever end is moved', async () => {
    const { desk, stock } = await openShop()
    await stock('PHONE', 1)
    await desk.configure({ sku: 'PHONE', opensAt: new Date(2_000), closesAt: new Date(3_000) })
    const fault = (path: string) => ({ code: 'invalid-argument', path })
    await expect(desk.configure({ sku: 'PHONE', opensAt: new Date(3_000) })).rejects.toMatchObject(
      fault('opensAt'),
    )
    const closed = desk.configure({ sku: 'PHONE', opensAt: undefined, closesAt: new Date(2_000) })
    await expect(closed).rejects.toMatchObject(fault('closesAt'))
  })

  it('by two desks at once loses neither’s settings', async () => {
    const { desk, stock, another } = await openShop()
    await stock('PHONE', 1)
    const other = another()
    const settings = Array.from({ length: 10 }, (_, n) => [
      desk.configure({ sku: 'PHONE', backorderLimit: n }),
      other.configure({ sku: 'PHONE', closesAt: new Date(START + (n + 1) * HOUR) }),
    ])
    for (const set of await Promise.all(settings.flat())) expect(set).toEqual({ ok: true })
    const { backorderLimit, closesAt } = (await desk.availability({ sku: 'PHONE' })) ?? {}
    await desk.configure({ sku: 'PHONE', opensAt: new Date(START) })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ backorderLimit, closesAt })
    expect(backorderLimit).toBeGreaterThanOrEqual(0)
    expect(closesAt).toBeInstanceOf(Date)
  })
})

describe('availability', () => {
  it('counts what an order holds itself as available to it, while it holds it', async () => {
    const { desk, stock, clock } = await openShop({ backorder: true })
    await stock('PHONE', 5)
    await desk.configure({ sku: 'PHONE', backorderLimit: 9 })
    await desk.place(orderOf('o1', 'ada', 'PHONE', 3))
    await desk.place(orderOf('o2', 'bob', 'PHONE', 4))
    const holding = async (id: string) => {
      const { available, reserved, sellable } = (await desk.availability({ sku: 'PHONE', holding: id })) ?? {}
      return { available, reserved, sellable }
    }
    // Two of bob's four are owed: he holds the other two.
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({
      available: 0,
      reserved: 5,
      backordered: 2,
      sellable: 0,
    })
    expect(await holding('o1')).toEqual({ available: 3, reserved: 5, sellable: 3 })
    expect(await holding('o2')).toEqual({ available: 2, reserved: 5, sellable: 2 })
    expect(await holding('nobody')).toMatchObject({ available: 0 })
    clock.pass(HOUR)
    expect(await holding('o1')).toMatchObject({ available: 0 })
  })
})
