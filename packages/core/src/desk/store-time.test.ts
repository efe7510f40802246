import { describe, expect, it } from 'vitest'
import { MINUTE, openShop, orderOf, START, watched } from './shop.test-support.js'

describe('the store’s time', () => {
  it('is asked for once, by however many calls come first', async () => {
    const calls: string[] = []
    const { desk } = await openShop(
      {},
      { around: (store) => watched(store, (method) => void calls.push(method)) },
    )
    await Promise.all(Array.from({ length: 50 }, (_, n) => desk.place(orderOf(`o${n}`, `u${n}`))))
    expect(calls.filter((method) => method === 'read')).toHaveLength(1)
    await desk.place(orderOf('o50', 'u50'))
    expect(calls.filter((method) => method === 'read')).toHaveLength(1)
  })

  it.each([-10, 10])(
    'makes nothing late by an application’s clock that is %i minutes wrong',
    async (minutes) => {
      for (const origin of [START, 0, START + minutes * MINUTE]) {
        const { desk, stock, clock } = await openShop({}, { clock: () => origin })
        await stock('PHONE', 100)
        for (let n = 0; n < 20; n++) {
          clock.pass(MINUTE)
          expect(await desk.place(orderOf(`o${n}`, `u${n}`))).toMatchObject({
            ok: true,
            order: { payBy: new Date(clock.now() + 15 * MINUTE) },
          })
        }
      }
    },
  )

  it.each([-10, 10])(
    'makes nothing late by a clock that jumps by %i minutes between two calls',
    async (minutes) => {
      let jumped = 0
      const { desk, stock, clock } = await openShop({}, { clock: () => clock.now() + jumped })
      await stock('PHONE', 100)
      for (let n = 0; n < 20; n++) {
        jumped += minutes * MINUTE
        clock.pass(1_000)
        expect(await desk.place(orderOf(`o${n}`, `u${n}`))).toMatchObject({ ok: true })
      }
    },
  )

  it('refuses what a store has held longer than its caller could wait, as long as nobody asks again', async () => {
    let late = 0
    const { desk, stock, clock } = await openShop(
      {},
      {
        around: (store) =>
          watched(store, (method, args) => {
            const [command] = method === 'apply' ? (args[2] as { kind: string }[]) : []
            if (command?.kind !== 'reserve') return
            late += 1
            clock.pass(61_000)
          }),
      },
    )
    await stock('PHONE', 1)
    expect(await desk.place(orderOf('o1', 'ada'))).toEqual({ ok: false, id: 'o1', reason: 'late' })
    // The desk asked again by the store's own time; each time the store was too slow.
    expect(late).toBe(4)
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 1, reserved: 0 })
  })
})
