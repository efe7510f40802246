import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../memory/store.js'
import { systemScheduler } from '../scheduler.js'
import { OrderDesk } from './order-desk.js'
import { openShop, orderOf, type ShopStore } from './shop.test-support.js'

/** A shop whose store counts what is read, and is held up while it reads once `holdUp` was called. */
async function watchedShop() {
  let time = 0
  let held = Promise.resolve()
  let goOn = () => {}
  const reads: number[] = []
  const around = (store: ShopStore) =>
    new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown
        if (typeof value !== 'function') return value
        if (name !== 'read') return value.bind(target)
        return async (...[partition, query]: Parameters<ShopStore['read']>) => {
          reads.push(query.kind === 'keys' ? query.accounts.length : 0)
          const page = await target.read(partition, query)
          await held
          return page
        }
      },
    })
  const scheduler = { ...systemScheduler, now: () => time }
  const shop = await openShop({}, { around, scheduler })
  await shop.stock('PHONE', 3)
  await shop.stock('CASE', 5)
  reads.length = 0
  return {
    ...shop,
    reads,
    pass: (ms: number) => {
      time += ms
    },
    holdUp: () => {
      held = new Promise((resolve) => {
        goOn = resolve
      })
    },
    goOn: () => {
      held = Promise.resolve()
      goOn()
    },
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))
const times = <T>(count: number, make: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => make(at))

describe('many who look at the same time', () => {
  it('share one read, whichever accounts they look at', async () => {
    const { desk, reads } = await watchedShop()
    const seen = await Promise.all(
      times(1_000, (at) => desk.availability({ sku: at % 2 === 0 ? 'PHONE' : 'CASE' })),
    )
    expect(reads).toEqual([2])
    expect(new Set(seen.map((account) => `${account?.sku} ${account?.available}`))).toEqual(
      new Set(['PHONE 3', 'CASE 5']),
    )
  })

  it('share the next read while one is under way, and so see what was so before they asked', async () => {
    const { desk, reads, holdUp, goOn } = await watchedShop()
    holdUp()
    const first = desk.availability({ sku: 'PHONE' })
    await turn()
    expect(reads).toEqual([1])
    await desk.place(orderOf('o1', 'ada'))
    const next = times(100, () => desk.availability({ sku: 'PHONE' }))
    await turn()
    expect(reads).toEqual([1])
    goOn()
    expect(await first).toMatchObject({ available: 3 })
    for (const account of await Promise.all(next)) expect(account).toMatchObject({ available: 2 })
    expect(reads).toEqual([1, 1])
  })

  it('are told each of an account that does not exist', async () => {
    const { desk, reads } = await watchedShop()
    const seen = await Promise.all(['SOCK', 'PHONE', 'SOCK'].map((sku) => desk.availability({ sku })))
    expect(seen).toMatchObject([null, { available: 3 }, null])
    expect(reads).toEqual([2])
  })

  it('are 500 accounts a read', async () => {
    const { desk, reads } = await watchedShop()
    await Promise.all(times(1_200, (at) => desk.availability({ sku: `SOCK ${at}` })))
    expect(reads).toEqual([500, 500, 200])
  })

  it('all fail with a read that does, and the next is read again', async () => {
    const { desk, store } = await watchedShop()
    const broken = Object.assign(Object.create(store), {
      read: () => Promise.reject(new Error('away')),
    }) as ShopStore
    const unlucky = new OrderDesk({ store: broken, policy: {} })
    const failed = await Promise.allSettled(times(3, () => unlucky.availability({ sku: 'PHONE' })))
    for (const one of failed) expect(one).toMatchObject({ reason: { code: 'store-failed' } })
    Object.assign(broken, { read: store.read.bind(store) })
    expect(await unlucky.availability({ sku: 'PHONE' })).toMatchObject({ available: 3 })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 3 })
  })
})

describe('figures that may be some milliseconds old', () => {
  it('are told again until they are that old, to those who said so', async () => {
    const { desk, reads, stock, pass } = await watchedShop()
    const maxAge = { milliseconds: 20 }
    await desk.availability({ sku: 'PHONE' })
    await stock('PHONE', 1)
    reads.length = 0
    pass(19)
    expect(await desk.availability({ sku: 'PHONE', maxAge })).toMatchObject({ available: 3 })
    expect(reads).toEqual([])
    pass(1)
    expect(await desk.availability({ sku: 'PHONE', maxAge })).toMatchObject({ available: 4 })
    await desk.place(orderOf('o1', 'ada'))
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 3 })
    expect(reads).toEqual([1, 1])
  })

  it('are not those of an order that looks at its own units', async () => {
    const { desk, reads } = await watchedShop()
    await desk.place(orderOf('o1', 'ada', 'PHONE', 2))
    const seen = await Promise.all(times(3, () => desk.availability({ sku: 'PHONE', holding: 'o1' })))
    for (const account of seen) expect(account).toMatchObject({ available: 3, reserved: 2 })
    expect(reads).toEqual([1, 1, 1])
  })
})

it('an account of a store of many partitions is read where it lies alone', async () => {
  const store = new MemoryStore({ partitions: 12 })
  const read: string[] = []
  const desk = new OrderDesk({
    policy: {},
    store: new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown
        if (typeof value !== 'function') return value
        return (...args: readonly unknown[]) => {
          if (name === 'read') read.push(String(args[0]))
          return value.apply(target, args)
        }
      },
    }),
  })
  await desk.restock({ id: 'opening', sku: 'PHONE', quantity: 3 })
  read.length = 0
  expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 3 })
  const account = { sku: 'PHONE', pool: 'default' }
  expect(read).toEqual(store.partitionsOf({ kind: 'fill', account, limit: 1 }))
})
