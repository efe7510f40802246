import { describe, expect, it } from 'vitest'
import type { Correct } from '../port/commands.js'
import type { Correction, FigureChanges } from '../port/corrections.js'
import { DAY, MINUTE, openShop, orderOf, type Shop } from './shop.test-support.js'

const policy = {
  limits: [{ id: 'nine', per: 'user', scope: 'sku', max: 9 }],
  unpaidOrder: { per: 'user', scope: 'sku' },
} as const

const account = { sku: 'PHONE', pool: 'default' }
const NONE: FigureChanges = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }

/** A shop with 9 phones: Ada holds 2, Bob has paid for 1. */
async function sellingShop(): Promise<Shop> {
  const shop = await openShop(policy)
  await shop.stock('PHONE', 9)
  await shop.desk.place(orderOf('held', 'ada', 'PHONE', 2))
  await shop.desk.place(orderOf('paid', 'bob'))
  await shop.desk.recordPayment({ orderId: 'paid', paymentId: 'p' })
  return shop
}

let damages = 0
/** Breaks the records of any store: a correction of what was right. */
async function damage({ store, clock }: Shop, correction: Correction): Promise<void> {
  const id = `damage ${damages++}`
  const notAfter = clock.now()
  const command: Correct = { kind: 'correct', id, home: 'home', correction, notAfter }
  const [partition = ''] = await store.partitions()
  expect(await store.apply(partition, null, [command])).toMatchObject({ outcomes: [{ kind: 'corrected' }] })
}

const ofAccount = (
  counters: Partial<FigureChanges>,
  ledger: Partial<FigureChanges> = {},
  archived = 0,
): Correction => ({
  ...{ of: 'account', account, archived },
  ...{ counters: { ...NONE, ...counters }, ledger: { ...NONE, ...ledger } },
})

async function counterOf({ store }: Shop): Promise<string> {
  const [partition = ''] = await store.partitions()
  const { counters } = await store.read(partition, { kind: 'list', of: 'counters', cursor: null, limit: 9 })
  return counters.find(({ used }) => used === 2)?.name ?? ''
}

/** What is broken, and the account's figures once that is mended. */
const damaged: readonly (readonly [string, Correction, Partial<FigureChanges>])[] = [
  [
    'units that are not in the ledger',
    ofAccount({ available: 3, supplied: 3 }),
    { available: 6, supplied: 9 },
  ],
  [
    'units that only the ledger has',
    ofAccount({ available: -3, supplied: -3 }),
    { available: 6, supplied: 9 },
  ],
  ['units reserved for nobody', ofAccount({ available: -1, reserved: 1 }), { available: 6, reserved: 2 }],
  ['units sold to nobody', ofAccount({ available: -1, sold: 1 }), { available: 6, sold: 1 }],
  ['sold units that came back', ofAccount({ available: 1, sold: -1 }), { available: 6, sold: 1 }],
  ['units owed to nobody', ofAccount({ backordered: 2 }), { backordered: 0 }],
  ['a ledger without a grant', ofAccount({}, { available: 2, reserved: -2 }), { available: 6, reserved: 2 }],
  ['units that lapsed orders never bought', ofAccount({}, {}, 4), { available: 6, sold: 1 }],
]

describe('reconciling', () => {
  it('finds nothing to do where nothing is broken', async () => {
    const { desk } = await sellingShop()
    const plan = await desk.planReconciliation()
    expect(plan).toMatchObject({ repairs: [], left: [] })
    expect(await desk.reconcile(plan)).toEqual({ ok: true, outcomes: [] })
  })

  it.each(damaged)('mends %s', async (_, correction, mended) => {
    const shop = await sellingShop()
    await damage(shop, correction)
    const { desk } = shop
    const { differences } = await desk.audit()
    expect(differences.length).toBeGreaterThan(0)
    const plan = await desk.planReconciliation()
    expect(plan.repairs).toMatchObject([{ mends: differences }])
    const [repair] = plan.repairs
    expect(await desk.reconcile(plan)).toEqual({
      ok: true,
      outcomes: [{ id: repair?.id, outcome: 'corrected' }],
    })
    expect(await desk.accounts({ sku: 'PHONE' })).toMatchObject({ accounts: [mended] })
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
  })

  it.each([
    ['too much', 1],
    ['too little', -1],
  ])('mends a counter that counts %s', async (_, used) => {
    const shop = await sellingShop()
    const counter = await counterOf(shop)
    await damage(shop, { of: 'counter', counter, used })
    const plan = await shop.desk.planReconciliation()
    expect(plan.repairs).toMatchObject([{ correction: { of: 'counter', counter, used: -used } }])
    expect(await shop.desk.reconcile(plan)).toMatchObject({ ok: true })
    expect(await shop.desk.audit()).toMatchObject({ ok: true })
  })

  it('does nothing the second time, whatever was sold meanwhile, and whoever asks', async () => {
    const shop = await sellingShop()
    await damage(shop, ofAccount({ available: 3, supplied: 3 }))
    const plan = await shop.desk.planReconciliation()
    const others = await shop.another().planReconciliation()
    await shop.desk.place(orderOf('meanwhile', 'eve', 'PHONE', 4))
    expect(await shop.desk.reconcile(plan)).toMatchObject({ ok: true, outcomes: [{ outcome: 'corrected' }] })
    for (const again of [plan, others, JSON.parse(JSON.stringify(plan))])
      expect(await shop.desk.reconcile(again)).toMatchObject({ ok: true, outcomes: [{ outcome: 'already' }] })
    expect(await shop.desk.audit()).toMatchObject({ ok: true })
    expect(await shop.desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 2, reserved: 6 })
  })

  it('mends the same damage as often as it is done', async () => {
    const shop = await sellingShop()
    for (let time = 0; time < 3; time++) {
      await damage(shop, ofAccount({ available: 1, supplied: 1 }))
      const plan = await shop.desk.planReconciliation()
      expect(await shop.desk.reconcile(plan)).toMatchObject({ outcomes: [{ outcome: 'corrected' }] })
    }
    expect(await shop.desk.audit()).toMatchObject({ ok: true })
  })

  it('leaves what has changed since to another plan', async () => {
    const shop = await sellingShop()
    await damage(shop, ofAccount({ available: 3, supplied: 3 }))
    const plan = await shop.desk.planReconciliation()
    // All nine that seem to be there are taken: three of them never were.
    expect(await shop.desk.place(orderOf('all', 'eve', 'PHONE', 9))).toMatchObject({ ok: true })
    expect(await shop.desk.reconcile(plan)).toMatchObject({
      ...{ ok: false, reason: 'plan-outdated', outcomes: [{ outcome: 'outdated' }] },
    })
    const again = await shop.desk.planReconciliation()
    expect(again).toMatchObject({ repairs: [], left: [{ because: 'promised-more-than-supplied' }] })
    await shop.desk.cancel({ orderId: 'all', by: 'seller' })
    expect(await shop.desk.reconcile(await shop.desk.planReconciliation())).toMatchObject({ ok: true })
    expect(await shop.desk.availability({ sku: 'PHONE' })).toMatchObject({
      available: 6,
      reserved: 2,
      sold: 1,
    })
  })

  it('takes no plan for a repair that another plan has made otherwise', async () => {
    const shop = await sellingShop()
    await damage(shop, ofAccount({ available: 3, supplied: 3 }))
    const plan = await shop.desk.planReconciliation()
    await damage(shop, ofAccount({ available: 1, supplied: 1 }))
    const other = await shop.desk.planReconciliation()
    expect(await shop.desk.reconcile(other)).toMatchObject({ ok: true })
    expect(await shop.desk.reconcile(plan)).toMatchObject({ ok: false, outcomes: [{ outcome: 'outdated' }] })
    expect(await shop.desk.audit()).toMatchObject({ ok: true })
  })

  it('takes a plan of today alone', async () => {
    const shop = await sellingShop()
    await damage(shop, ofAccount({ available: 3, supplied: 3 }))
    const plan = await shop.desk.planReconciliation()
    shop.clock.pass(DAY + 1)
    expect(await shop.desk.reconcile(plan)).toMatchObject({ ok: false, outcomes: [{ outcome: 'late' }] })
  })

  it('leaves an entry in the ledger, an event, and no order', async () => {
    const shop = await sellingShop()
    await damage(shop, ofAccount({ available: -1, reserved: 1 }))
    const plan = await shop.desk.planReconciliation()
    await shop.desk.reconcile(plan)
    const id = plan.repairs[0]?.id as string
    const { entries } = await shop.desk.ledger({ sku: 'PHONE' })
    expect(entries.at(-1)).toMatchObject({ cause: 'reconciled', movementId: id, available: 0, reserved: 0 })
    expect(await shop.desk.order(id)).toBeNull()
    expect((await shop.desk.orders()).orders.map((order) => order.id)).toEqual(['held', 'paid'])
    const [partition = ''] = await shop.store.partitions()
    const page = await shop.store.read(partition, { kind: 'list', of: 'events', cursor: null, limit: 99 })
    expect(page.events.at(-1)?.event).toMatchObject({
      ...{ type: 'changed', available: 6, reserved: 2 },
      movements: [{ movement: id, cause: 'reconciled', delta: 0 }],
    })
  })

  it('of a guard goes by what is there when it is made', async () => {
    const shop = await sellingShop()
    const [partition = ''] = await shop.store.partitions()
    const { guards } = await shop.store.read(partition, {
      kind: 'list',
      of: 'guards',
      cursor: null,
      limit: 9,
    })
    const guard = guards[0]?.name as string
    const repair = (found: string | null, order: string | null) =>
      shop.desk.reconcile({
        validUntil: shop.clock.now(),
        repairs: [
          { id: `r ${damages++}`, partition, correction: { of: 'guard', guard, found, order }, mends: [] },
        ],
        left: [],
      })
    // Ada's order keeps it by right: no plan takes it from her.
    expect(await repair('held', null)).toMatchObject({ ok: false })
    expect(await repair('other', 'paid')).toMatchObject({ ok: false })
    expect(await repair(null, 'paid')).toMatchObject({ ok: false })
    expect(await repair('held', 'paid')).toMatchObject({ ok: false })
    shop.clock.pass(20 * MINUTE)
    // Due, it is expired first, and has freed it.
    expect(await repair('held', 'held')).toMatchObject({ ok: false })
    expect(await shop.desk.order('held')).toMatchObject({ status: 'expired' })
    expect(await shop.desk.audit()).toMatchObject({ ok: true })
  })
})
