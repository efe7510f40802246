import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, openShop, orderOf, START, watched } from './shop.test-support.js'

const ada = { buyer: { user: 'ada' } }
const daily = {
  id: 'daily',
  per: 'user',
  scope: 'shop',
  max: 2,
  window: { calendar: 'day', timeZone: 'Europe/Berlin' },
} as const
/** The next midnight in Berlin. */
const MIDNIGHT = START + 12 * HOUR

describe('a limit by the calendar', () => {
  it('counts anew from midnight where the shop is', async () => {
    const { desk, stock, clock } = await openShop({ limits: [daily], holdFor: { days: 3 } })
    await stock('PHONE', 99)
    const place = (id: string, quantity = 2) => desk.place(orderOf(id, 'ada', 'PHONE', quantity))
    await place('o1')
    clock.set(MIDNIGHT - 1)
    expect(await place('o2')).toMatchObject({
      reason: 'purchase-limit',
      limit: 'daily',
      used: 2,
      requested: 2,
    })
    clock.set(MIDNIGHT)
    expect(await place('o3')).toMatchObject({ ok: true })
    // What is given back eases the day on which it was claimed, not this one.
    await desk.cancel({ orderId: 'o1', by: 'buyer' })
    expect(await place('o4', 1)).toMatchObject({ reason: 'purchase-limit', used: 2 })
    clock.set(MIDNIGHT - 1)
    expect(await place('o5')).toMatchObject({ ok: true })
  })

  it.each([
    [-10, 'slow'],
    [10, 'fast'],
  ])(
    'never tells that a window has passed, though the application’s clock runs %i minutes wrong',
    async (minutes) => {
      let wrong = 0
      const { desk, stock, clock, another } = await openShop({ limits: [daily] }, { clock: () => wrong })
      await stock('PHONE', 9_999)
      const outcomes = new Set<string>()
      for (let n = 0; n < 200; n++) {
        // The store passes midnight; the application's clock jumps to and fro, and other desks begin to learn.
        clock.set(MIDNIGHT + (n - 100) * 3_000)
        wrong = n % 2 === 0 ? 0 : minutes * MINUTE
        const desks = [desk, another()]
        for (const [index, one] of desks.entries()) {
          const placed = await one.place(orderOf(`o${n}-${index}`, `u${n}`))
          outcomes.add(placed.ok ? 'placed' : placed.reason)
        }
      }
      expect([...outcomes]).toEqual(['placed'])
    },
  )

  it('that passes again and again, for whatever reason, is an order that came too late', async () => {
    const { desk, stock, clock } = await openShop(
      { limits: [daily] },
      {
        around: (store) =>
          watched(store, (method, args) => {
            const [command] = method === 'apply' ? (args[2] as { kind: string }[]) : []
            if (command?.kind === 'reserve') clock.pass(DAY)
          }),
      },
    )
    await stock('PHONE', 9)
    expect(await desk.place(orderOf('o1', 'ada'))).toEqual({ ok: false, id: 'o1', reason: 'late' })
  })
})

describe('a buyer’s limits', () => {
  const policy = {
    limits: [
      { id: 'each', per: 'user', scope: 'sku', max: 3 },
      { id: 'films', per: 'user', scope: 'sku', max: 1, skus: ['CASE'] },
      daily,
      { id: 'drop', per: 'user', scope: 'campaign', max: 5, window: 'campaign' },
    ],
  } as const

  it('are told with what is used, what is left, and their windows', async () => {
    const { desk, stock } = await openShop(policy)
    await stock('PHONE', 9)
    await desk.place(orderOf('o1', 'ada', 'PHONE', 2))
    const lifetime = { from: null, to: null }
    expect(await desk.limits({ ...ada, skus: ['PHONE', 'CASE', 'PHONE'], campaign: 'spring' })).toEqual([
      { id: 'each', per: 'user', scope: 'sku', max: 3, sku: 'PHONE', used: 2, left: 1, ...lifetime },
      { id: 'each', per: 'user', scope: 'sku', max: 3, sku: 'CASE', used: 0, left: 3, ...lifetime },
      { id: 'films', per: 'user', scope: 'sku', max: 1, sku: 'CASE', used: 0, left: 1, ...lifetime },
      {
        id: 'daily',
        per: 'user',
        scope: 'shop',
        max: 2,
        sku: null,
        used: 2,
        left: 0,
        from: new Date(MIDNIGHT - DAY),
        to: new Date(MIDNIGHT),
      },
      { id: 'drop', per: 'user', scope: 'campaign', max: 5, sku: null, used: 0, left: 5, ...lifetime },
    ])
  })

  it('are those that need no more to be known, where no SKU and no campaign is asked for', async () => {
    const { desk } = await openShop(policy)
    expect((await desk.limits(ada)).map(({ id, sku }) => [id, sku])).toEqual([
      ['films', 'CASE'],
      ['daily', null],
    ])
  })

  it('are those of the store’s day, whatever the application thinks', async () => {
    let wrong = 0
    const { desk, stock, clock } = await openShop(policy, { clock: () => wrong })
    await stock('PHONE', 9)
    await desk.place(orderOf('o1', 'ada', 'PHONE', 2))
    clock.set(MIDNIGHT)
    wrong -= 10 * MINUTE
    const limits = await desk.limits(ada)
    expect(limits[1]).toMatchObject({ id: 'daily', used: 0, left: 2, from: new Date(MIDNIGHT) })
  })

  it('of an identity under an older key are counted with it', async () => {
    const limits = [{ id: 'phone', per: 'phone', scope: 'shop', max: 2 } as const]
    const older = { id: 'k1', secret: 'an older secret of the shop' }
    const newer = { id: 'k2', secret: 'a newer secret of the shop' }
    const { desk, stock, another, store } = await openShop({ limits }, { hashKeys: [older] })
    await stock('PHONE', 9)
    const buyer = (phone: string) => ({ user: 'ada', phone })
    const lines = [{ sku: 'PHONE', quantity: 1 }]
    await desk.place({ id: 'o1', buyer: buyer('+49 30 1234567'), lines })
    const rotated = another({ store, hashKeys: [newer, older] })
    await rotated.place({ id: 'o2', buyer: buyer('+49 (30) 12345-67'), lines })
    expect(await rotated.limits({ buyer: buyer('+49 30 / 1234567') })).toMatchObject([{ used: 2, left: 0 }])
    expect(await rotated.place({ id: 'o3', buyer: buyer('+49301234567'), lines })).toMatchObject({
      reason: 'purchase-limit',
      per: 'phone',
    })
  })
})

describe('a buyer’s standing', () => {
  const policy = { risk: { strikesFor: { days: 30 }, deferFrom: 1, refuseFrom: 2 } } as const
  const standing = (strikes: number, effect: string, until: Date | null = null) => ({
    strikes,
    effect,
    until,
  })

  it('worsens with each order left unpaid, and betters with time', async () => {
    const { desk, stock, clock, worker } = await openShop(policy)
    await stock('PHONE', 9)
    expect(await desk.standing(ada)).toEqual(standing(0, 'none'))
    await desk.place(orderOf('o1', 'ada'))
    clock.pass(15 * MINUTE)
    await worker().runOnce()
    const until = new Date(START + 15 * MINUTE + 30 * DAY)
    expect(await desk.standing(ada)).toEqual(standing(1, 'defer-stock', until))
    expect(await desk.place(orderOf('o2', 'ada'))).toMatchObject({ ok: true, order: { deferred: true } })
    await desk.cancel({ orderId: 'o2', by: 'buyer' })
    expect(await desk.standing(ada)).toEqual(standing(2, 'refuse', until))
    expect(await desk.place(orderOf('o3', 'ada'))).toMatchObject({ reason: 'buyer-refused', until })
    clock.set(until.getTime())
    expect(await desk.standing(ada)).toEqual(standing(0, 'none'))
    expect(await desk.place(orderOf('o3', 'ada'))).toMatchObject({ ok: true, order: { deferred: false } })
  })

  it('is what the shop says, until it lifts its word or that ends', async () => {
    const { desk, stock, clock } = await openShop(policy)
    await stock('PHONE', 9)
    const until = new Date(START + HOUR)
    expect(await desk.tag({ ...ada, effect: 'refuse', until })).toEqual({ ok: true })
    expect(await desk.standing(ada)).toEqual(standing(0, 'refuse', until))
    expect(await desk.place(orderOf('o1', 'ada'))).toMatchObject({ reason: 'buyer-refused', until })
    clock.pass(HOUR)
    expect(await desk.standing(ada)).toEqual(standing(0, 'none'))
    await desk.tag({ ...ada, effect: 'defer-stock' })
    expect(await desk.place(orderOf('o1', 'ada'))).toMatchObject({ order: { deferred: true } })
    await desk.tag({ ...ada, effect: null })
    expect(await desk.standing(ada)).toEqual(standing(0, 'none'))
  })

  it('is better than its strikes where the shop overrules or forgives them', async () => {
    const { desk, stock } = await openShop(policy)
    await stock('PHONE', 9)
    for (const id of ['o1', 'o2']) {
      await desk.place(orderOf(id, 'ada'))
      await desk.cancel({ orderId: id, by: 'buyer' })
    }
    await desk.tag({ ...ada, effect: 'none' })
    expect(await desk.standing(ada)).toEqual(standing(2, 'none'))
    await desk.tag({ ...ada, effect: null })
    expect(await desk.standing(ada)).toMatchObject({ effect: 'refuse' })
    expect(await desk.forgive(ada)).toEqual({ ok: true })
    expect(await desk.standing(ada)).toEqual(standing(0, 'none'))
  })

  it('is none where the policy has no rule for it', async () => {
    const { desk } = await openShop()
    const fault = { code: 'invalid-argument', path: 'policy.risk' }
    await expect(desk.standing(ada)).rejects.toMatchObject(fault)
    await expect(desk.tag({ ...ada, effect: 'refuse' })).rejects.toMatchObject(fault)
    await expect(desk.forgive(ada)).rejects.toMatchObject(fault)
  })
})
