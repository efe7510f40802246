import { describe, expect, it } from 'vitest'
import { openShop, orderOf, type ShopStore } from './shop.test-support.js'

describe('the retry of an order', () => {
  it('is read together with the retries of others that are answered at the same moment', async () => {
    const reads: (readonly string[])[] = []
    const around = (store: ShopStore) =>
      new Proxy(store, {
        get(target, name) {
          const value = Reflect.get(target, name) as unknown
          if (typeof value !== 'function') return value
          if (name !== 'readOrders') return value.bind(target)
          return (ids: readonly string[]) => {
            reads.push(ids)
            return target.readOrders(ids)
          }
        },
      })
    const { desk, stock } = await openShop({}, { around })
    await stock('PHONE', 9)
    const buyers = ['ada', 'bob', 'cleo']
    const all = () => Promise.all(buyers.map((buyer, at) => desk.place(orderOf(`o${at}`, buyer))))
    await all()
    expect(reads).toEqual([])
    const again = await all()
    expect(reads).toEqual([['o0', 'o1', 'o2']])
    expect(again.map((placed) => placed.ok && [placed.order.id, placed.replayed])).toEqual([
      ['o0', true],
      ['o1', true],
      ['o2', true],
    ])
  })

  it('is told by its reservation where nobody keeps orders, together with others', async () => {
    const reads: (readonly string[])[] = []
    const { desk, stock } = await openShop(
      {},
      {
        around: (store) =>
          new Proxy(store, {
            has: (target, name) => name !== 'applyToOrders' && Reflect.has(target, name),
            get(target, name) {
              const value = Reflect.get(target, name) as unknown
              if (typeof value !== 'function') return value
              if (name !== 'read') return value.bind(target)
              return (...[partition, query]: Parameters<ShopStore['read']>) => {
                if (query.kind === 'keys') reads.push(query.reservations)
                return target.read(partition, query)
              }
            },
          }),
      },
    )
    await stock('PHONE', 9)
    const both = () => Promise.all([desk.place(orderOf('o1', 'ada')), desk.place(orderOf('o2', 'bob'))])
    const first = await both()
    reads.length = 0
    expect(await both()).toEqual(first.map((placed) => ({ ...placed, replayed: true })))
    expect(reads).toEqual([['o1', 'o2']])
  })
})
