import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../errors.js'
import type { Policy } from '../policy/types.js'
import type { Command } from '../port/commands.js'
import { MINUTE, openShop, orderOf, watched } from './shop.test-support.js'

/** A shop that counts the commands which reach its store; `meets` is asked before each batch. */
async function countingShop(
  policy: Policy = {},
  meets: (commands: readonly Command[]) => unknown = () => {},
) {
  const counts = { reserve: 0, sweep: 0 }
  const shop = await openShop(policy, {
    around: (store) =>
      watched(store, (method, args) => {
        if (method !== 'apply') return undefined
        const commands = args[2] as readonly Command[]
        for (const { kind } of commands) if (kind === 'reserve' || kind === 'sweep') counts[kind] += 1
        return meets(commands)
      }),
  })
  return { ...shop, counts }
}
const isSweep = ([first]: readonly Command[]) => first?.kind === 'sweep'

describe('an order that is refused while overdue holds keep what it asks for', () => {
  it('gets it, after one sweep', async () => {
    const { desk, stock, clock, counts } = await countingShop()
    await stock('PHONE', 1)
    await desk.place(orderOf('o1', 'ada'))
    clock.pass(15 * MINUTE)
    expect(await desk.place(orderOf('o2', 'bob'))).toMatchObject({ ok: true, replayed: false })
    expect(counts).toEqual({ reserve: 3, sweep: 1 })
    expect(await desk.order('o1')).toMatchObject({ status: 'expired' })
  })

  it('gets it where its own limit was kept by an overdue hold', async () => {
    const limits = [{ id: 'one', per: 'user', scope: 'shop', max: 1 } as const]
    const { desk, stock, clock, counts } = await countingShop({ limits })
    await stock('PHONE', 9)
    await desk.place(orderOf('o1', 'ada'))
    clock.pass(15 * MINUTE)
    expect(await desk.place(orderOf('o2', 'ada'))).toMatchObject({ ok: true })
    expect(counts).toEqual({ reserve: 3, sweep: 1 })
  })

  it('is asked once more only, though that is refused as well', async () => {
    const { desk, stock, clock, counts } = await countingShop()
    await stock('PHONE', 3)
    await desk.place(orderOf('o1', 'ada'))
    await desk.place(orderOf('o2', 'bob'))
    await desk.recordPayment({ orderId: 'o2', paymentId: 'p2' })
    clock.pass(15 * MINUTE)
    expect(await desk.place(orderOf('o3', 'eve', 'PHONE', 3))).toMatchObject({
      reason: 'insufficient-stock',
      lines: [{ requested: 3, available: 2 }],
    })
    expect(counts).toEqual({ reserve: 4, sweep: 1 })
  })

  it('is swept for in bounded bites', async () => {
    const { desk, stock, clock } = await countingShop()
    await stock('PHONE', 1_200)
    for (let n = 0; n < 1_200; n++) await desk.place(orderOf(`o${n}`, `u${n}`))
    clock.pass(15 * MINUTE)
    expect(await desk.place(orderOf('late', 'ada'))).toMatchObject({ ok: true })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ available: 499, reserved: 701 })
    // Whoever asks for more than that has the next bite taken.
    expect(await desk.place(orderOf('more', 'bob', 'PHONE', 700))).toMatchObject({ ok: true })
  })
})

describe('orders that are refused while nothing is overdue', () => {
  it('are not swept for, ten thousand of them', async () => {
    const { desk, stock, counts, clock } = await countingShop()
    await stock('PHONE', 1)
    await desk.place(orderOf('o1', 'ada'))
    const refusals = new Set<string>()
    for (let n = 0; n < 100; n++) {
      const batch = Array.from({ length: 100 }, (_, m) => desk.place(orderOf(`n${n}-${m}`, `u${n}-${m}`)))
      for (const placed of await Promise.all(batch)) refusals.add(placed.ok ? 'placed' : placed.reason)
    }
    expect([...refusals]).toEqual(['insufficient-stock'])
    expect(counts).toEqual({ reserve: 10_001, sweep: 1 })
    // The store told when the next hold is due: until then it is looked at ten times a second at most.
    clock.pass(99)
    await desk.place(orderOf('p1', 'bob'))
    expect(counts.sweep).toBe(1)
    clock.pass(1)
    await desk.place(orderOf('p2', 'bob'))
    expect(counts.sweep).toBe(2)
    clock.pass(15 * MINUTE)
    expect(await desk.place(orderOf('p3', 'bob'))).toMatchObject({ ok: true })
    expect(counts.sweep).toBe(3)
  })

  it('are not swept for where stock and limits are not what is missing', async () => {
    const unpaidOrder = { per: 'user', scope: 'shop' } as const
    const { desk, stock, counts } = await countingShop({ unpaidOrder })
    await stock('PHONE', 9)
    await desk.place(orderOf('o1', 'ada'))
    await desk.place(orderOf('o2', 'ada'))
    await desk.place(orderOf('o3', 'bob', 'CASE'))
    await desk.place(orderOf('o1', 'eve'))
    expect(counts.sweep).toBe(0)
  })
})

describe('a sweep for buyers', () => {
  it('is shared by all who wait for it', async () => {
    const { desk, stock, clock, counts } = await countingShop()
    await stock('PHONE', 50)
    for (let n = 0; n < 50; n++) await desk.place(orderOf(`o${n}`, `u${n}`))
    clock.pass(15 * MINUTE)
    const orders = Array.from({ length: 300 }, (_, n) => desk.place(orderOf(`n${n}`, `v${n}`)))
    const placed = (await Promise.all(orders)).filter(({ ok }) => ok)
    expect(placed).toHaveLength(50)
    expect(counts.sweep).toBe(1)
  })

  it('that fails leaves the refusal as it is', async () => {
    const { desk, stock, clock } = await countingShop({}, (commands) => {
      if (isSweep(commands)) throw new HoldfastError('store-failed', 'the disk is full')
    })
    await stock('PHONE', 1)
    await desk.place(orderOf('o1', 'ada'))
    clock.pass(15 * MINUTE)
    expect(await desk.place(orderOf('o2', 'bob'))).toMatchObject({ reason: 'insufficient-stock' })
  })

  it('goes on for the others when the buyer who asked first gives up', async () => {
    let release: () => void = () => {}
    const sweeping = new Promise<void>((resolve) => {
      release = resolve
    })
    let isSwept: () => void = () => {}
    const asked = new Promise<void>((resolve) => {
      isSwept = resolve
    })
    const { desk, stock, clock, counts } = await countingShop({}, (commands) => {
      if (!isSweep(commands)) return undefined
      isSwept()
      return sweeping
    })
    await stock('PHONE', 1)
    await desk.place(orderOf('o1', 'ada'))
    clock.pass(15 * MINUTE)
    const impatient = new AbortController()
    const first = desk.place(orderOf('o2', 'bob'), { signal: impatient.signal })
    await asked
    const second = desk.place(orderOf('o3', 'eve'))
    impatient.abort()
    // What is known is told: it was refused.
    expect(await first).toMatchObject({ reason: 'insufficient-stock' })
    release()
    expect(await second).toMatchObject({ ok: true })
    expect(counts.sweep).toBe(1)
  })
})
