import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../memory/store.js'
import type { Policy } from '../policy/types.js'
import type { Command } from '../port/commands.js'
import { systemScheduler } from '../scheduler.js'
import type { DeskOptions } from './desk-options.js'
import { OrderDesk } from './order-desk.js'
import { DAY, MINUTE, openShop, orderOf, type ShopStore, watched } from './shop.test-support.js'

const TOLD_FROM_MEMORY = {
  ok: false,
  reason: 'insufficient-stock',
  lines: [{ sku: 'PHONE', pool: 'default', requested: 1, available: 0 }],
  exact: false,
}
const TOLD_BY_STORE = { ...TOLD_FROM_MEMORY, exact: true }

/** A shop whose only PHONE `first` has; counted are the reserves that reach its store. */
async function soldOutShop(policy: Policy = {}, options: Partial<DeskOptions> = {}) {
  let time = 0
  let asked = 0
  const around = (store: ShopStore) =>
    watched(store, (method, args) => {
      if (method !== 'apply') return
      for (const { kind } of args[2] as readonly Command[]) if (kind === 'reserve') asked += 1
    })
  const scheduler = { ...systemScheduler, now: () => time }
  const shop = await openShop(policy, { around, soldOutMemory: true, scheduler, ...options })
  await shop.stock('PHONE', 1)
  await shop.stock('CASE', 9)
  await shop.desk.place(orderOf('first', 'ada'))
  return {
    ...shop,
    pass: (ms: number) => {
      time += ms
    },
    /** Places an order of a newcomer's; what it got, and whether the store was asked. */
    async comes(request: { id?: string; lines?: { sku: string; quantity: number }[] } = {}) {
      const before = asked
      const placed = await shop.desk.place({
        buyer: { user: crypto.randomUUID() },
        lines: [{ sku: 'PHONE', quantity: 1 }],
        ...request,
      })
      return { placed, asked: asked > before }
    },
  }
}

describe('what was sold out a moment ago', () => {
  it('is refused to those who come for the first time, without asking, for 100 ms', async () => {
    const { comes, pass } = await soldOutShop()
    expect(await comes()).toMatchObject({ placed: TOLD_BY_STORE, asked: true })
    expect(await comes()).toMatchObject({ placed: TOLD_FROM_MEMORY, asked: false })
    pass(99)
    expect(await comes()).toMatchObject({ placed: TOLD_FROM_MEMORY, asked: false })
    pass(1)
    expect(await comes()).toMatchObject({ placed: TOLD_BY_STORE, asked: true })
    expect(await comes()).toMatchObject({ asked: false })
  })

  it('is asked for under an id of the caller, unless that is said to be new', async () => {
    const { desk, comes } = await soldOutShop()
    await comes()
    expect(await comes({ id: 'second' })).toMatchObject({ placed: TOLD_BY_STORE, asked: true })
    expect(await desk.place(orderOf('first', 'ada'))).toMatchObject({ ok: true, replayed: true })
    const placed = await desk.place(orderOf('third', 'eve'), { firstAttempt: true })
    expect(placed).toEqual({ id: 'third', ...TOLD_FROM_MEMORY })
  })

  it('is told with what each asks for', async () => {
    const { comes } = await soldOutShop()
    await comes()
    const two = await comes({ lines: [{ sku: 'PHONE', quantity: 2 }] })
    expect(two).toMatchObject({ placed: { lines: [{ requested: 2, available: 0 }] }, asked: false })
  })

  it('does not stand for an order that has other lines too', async () => {
    const { comes } = await soldOutShop()
    await comes()
    const lines = ['PHONE', 'CASE'].map((sku) => ({ sku, quantity: 1 }))
    expect(await comes({ lines })).toMatchObject({ placed: { ok: false }, asked: true })
    const unknown = ['PHONE', 'SOCK'].map((sku) => ({ sku, quantity: 1 }))
    expect(await comes({ lines: unknown })).toMatchObject({ placed: { reason: 'account-unknown' } })
  })

  it('keeps nobody from what is left', async () => {
    const { comes } = await soldOutShop()
    expect(await comes({ lines: [{ sku: 'CASE', quantity: 10 }] })).toMatchObject({ placed: { ok: false } })
    expect(await comes({ lines: [{ sku: 'CASE', quantity: 9 }] })).toMatchObject({ placed: { ok: true } })
  })

  it('leaves a pool that is not served to be told as such', async () => {
    const { desk } = await openShop({ pools: { byRegion: { DE: 'europe' } } }, { soldOutMemory: true })
    await desk.restock({ id: 'opening', sku: 'PHONE', pool: 'europe', quantity: 0 })
    const comesFrom = (region: string) =>
      desk.place({ buyer: { user: 'eve', region }, lines: [{ sku: 'PHONE', quantity: 1 }] })
    await comesFrom('DE')
    expect(await comesFrom('DE')).toMatchObject({ exact: false })
    expect(await comesFrom('US')).toMatchObject({ reason: 'pool-not-served' })
  })

  it('is forgotten with everything else of another epoch', async () => {
    let epochs = 0
    const around = (store: ShopStore) => newlyBorn(store, () => epochs)
    const { desk, stock } = await openShop({}, { around, soldOutMemory: true })
    await stock('PHONE', 0)
    await desk.place({ buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] })
    epochs += 1
    await desk.place(orderOf('o1', 'eve', 'CASE'))
    const placed = await desk.place({ buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] })
    expect(placed).toMatchObject({ exact: true })
  })

  it('is always asked for if so chosen, and by default where the store is in this process', async () => {
    const { comes } = await soldOutShop({}, { soldOutMemory: false })
    await comes()
    expect(await comes()).toMatchObject({ placed: TOLD_BY_STORE, asked: true })
    const { store, ...byDefault } = await soldOutShop({}, { soldOutMemory: undefined })
    await byDefault.comes()
    expect(await byDefault.comes()).toMatchObject({ asked: store.capabilities.inProcess === true })
  })

  it('is always asked for where units may be owed: an order of fewer may be granted', async () => {
    const { desk, comes } = await soldOutShop({ backorder: true })
    await desk.configure({ sku: 'PHONE', backorderLimit: 1 })
    expect(await comes({ lines: [{ sku: 'PHONE', quantity: 2 }] })).toMatchObject({ placed: { ok: false } })
    expect(await comes()).toMatchObject({ placed: { ok: true }, asked: true })
  })
})

type Freeing = (desk: OrderDesk) => Promise<unknown>

const FREEING: readonly (readonly [what: string, free: Freeing])[] = [
  ['a cancel', (desk) => desk.cancel({ orderId: 'first', by: 'buyer' })],
  ['a restock', (desk) => desk.restock({ id: 'more', sku: 'PHONE', quantity: 1 })],
  ['an adjustment', (desk) => desk.adjust({ id: 'found', sku: 'PHONE', delta: 1, cause: 'found' })],
  [
    'a transfer',
    async (desk) => {
      await desk.restock({ id: 'elsewhere', sku: 'PHONE', pool: 'other', quantity: 1 })
      await desk.place(orderOf('again', 'eve'), { firstAttempt: true })
      await desk.transfer({ id: 'truck', sku: 'PHONE', from: 'other', to: 'default', quantity: 1 })
    },
  ],
  [
    'a return',
    async (desk) => {
      await desk.recordPayment({ orderId: 'first', paymentId: 'p1' })
      const lines = [{ sku: 'PHONE', quantity: 1 }]
      await desk.returnUnits({ id: 'parcel', orderId: 'first', lines })
    },
  ],
  ['a rollback', (desk) => desk.rollBack({ orderId: 'first', reason: 'payment failed' })],
]

describe('is asked for again at once after', () => {
  it.each(FREEING)('%s of this process', async (_, free) => {
    const { desk, comes } = await soldOutShop()
    await comes()
    expect(await comes()).toMatchObject({ asked: false })
    await free(desk)
    expect(await comes()).toMatchObject({ placed: { ok: true }, asked: true })
  })

  it('a hold was shrunk', async () => {
    const { desk, stock, comes } = await soldOutShop()
    await stock('PHONE', 2)
    await desk.place(orderOf('pair', 'eve', 'PHONE', 2))
    await comes()
    await desk.shrink({ orderId: 'pair', keep: [{ sku: 'PHONE', quantity: 1 }] })
    expect(await comes()).toMatchObject({ placed: { ok: true }, asked: true })
  })

  it('a hold expired, by a sweep or because somebody met it', async () => {
    for (const by of ['sweep', 'meeting'] as const) {
      const { desk, worker, clock, comes } = await soldOutShop()
      await comes()
      clock.pass(15 * MINUTE)
      expect(await comes(), by).toMatchObject({ asked: false })
      if (by === 'sweep') await worker().runOnce()
      else await desk.extend({ orderId: 'first', by: { minutes: 1 } })
      expect(await comes(), by).toMatchObject({ placed: { ok: true }, asked: true })
    }
  })

  it('the sale was set to begin later', async () => {
    const { desk, comes, clock } = await soldOutShop()
    await comes()
    await desk.configure({ sku: 'PHONE', opensAt: new Date(clock.now() + DAY) })
    expect(await comes()).toMatchObject({ placed: { reason: 'sale-not-open' }, asked: true })
  })
})

describe('another process that restocks', () => {
  it('is noticed within 100 ms, and before that by whoever asks under an id of his own', async () => {
    const { comes, another, pass } = await soldOutShop()
    await comes()
    await another().restock({ id: 'more', sku: 'PHONE', quantity: 2 })
    expect(await comes()).toMatchObject({ placed: TOLD_FROM_MEMORY, asked: false })
    expect(await comes({ id: 'own' })).toMatchObject({ placed: { ok: true } })
    // That grant told this process that there is some.
    expect(await comes()).toMatchObject({ placed: { ok: true }, asked: true })
    await comes()
    await another().restock({ id: 'even-more', sku: 'PHONE', quantity: 1 })
    pass(100)
    expect(await comes()).toMatchObject({ placed: { ok: true }, asked: true })
  })

  it('is not undone by a refusal from before it that arrives after it', async () => {
    const [decided, arrives] = [signal(), signal()]
    const { desk, stock, clock } = await openShop(
      {},
      {
        soldOutMemory: true,
        around: (store) =>
          overriding(store, async (partition, epoch, commands) => {
            const applied = await store.apply(partition, epoch, commands)
            if (commands[0]?.kind !== 'reserve') return applied
            decided.give()
            await arrives.given
            return applied
          }),
      },
    )
    const comes = () => desk.place({ buyer: { user: 'eve' }, lines: [{ sku: 'PHONE', quantity: 1 }] })
    await stock('PHONE', 0)
    const refused = comes()
    await decided.given
    clock.pass(1)
    await stock('PHONE', 1)
    arrives.give()
    expect(await refused).toMatchObject({ ok: false, exact: true })
    expect(await comes()).toMatchObject({ ok: true })
  })
})

/** Whose epoch is told to be later by so many. */
function newlyBorn(store: ShopStore, later: () => number): ShopStore {
  return overriding(store, async (partition, _epoch, commands) => {
    const applied = await store.apply(partition, null, commands)
    return applied.kind === 'applied' ? { ...applied, epoch: applied.epoch + later() } : applied
  })
}

function overriding(store: ShopStore, apply: ShopStore['apply']): ShopStore {
  return new Proxy(store, {
    get(target, name) {
      if (name === 'apply') return apply
      const value = Reflect.get(target, name) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function signal() {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}

it('remembers nothing of a SKU in buckets: others may have the units that one was refused for', async () => {
  const store = new MemoryStore({ partitions: 4, spread: ['PHONE'] })
  const desk = new OrderDesk({ store, policy: {}, soldOutMemory: true })
  await desk.restock({ id: 'in', sku: 'PHONE', quantity: 3 })
  const placed = (quantity: number) =>
    desk.place({ buyer: { user: crypto.randomUUID() }, lines: [{ sku: 'PHONE', quantity }] })
  for (let asked = 0; asked < 8; asked++) expect(await placed(4)).toMatchObject({ ok: false })
  const answers = await Promise.all([placed(1), placed(1), placed(1)])
  expect(answers).toMatchObject([{ ok: true }, { ok: true }, { ok: true }])
  await desk.close()
})
