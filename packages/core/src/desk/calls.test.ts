import { describe, expect, it } from 'vitest'
import { HandScheduler, promisesSettle } from '../coalescer/hand-driven.js'
import type { Command } from '../port/commands.js'
import type { DeskOptions } from './desk-options.js'
import { openShop, orderOf, type Shop, watched } from './shop.test-support.js'

/** Where a store is held: it answers, or is asked at all, only when let go. */
class Held {
  private readonly waiting: (() => void)[] = []
  /** Commands that are held, by kind. */
  kind: Command['kind'] | null = null

  meet(method: string, args: readonly unknown[]): Promise<void> | undefined {
    const [command] = method === 'apply' ? (args[2] as Command[]) : []
    if (command === undefined || command.kind !== this.kind) return undefined
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  async isWaiting(): Promise<void> {
    while (this.waiting.length === 0) await promisesSettle()
  }

  release(): void {
    this.kind = null
    for (const resolve of this.waiting.splice(0)) resolve()
  }
}

/** A shop whose turns and timers the test drives, from when it is stocked. */
async function drivenShop(options: Partial<DeskOptions> = {}) {
  const held = new Held()
  const shop: Shop = await openShop(
    {},
    { around: (store) => watched(store, (method, args) => held.meet(method, args)) },
  )
  await shop.stock('PHONE', 9)
  const scheduler = new HandScheduler()
  const desk = shop.another({ scheduler, ...options })
  // Learns the store's time, so that what follows is nothing but the call.
  await shop.desk.availability({ sku: 'PHONE' })
  await desk.availability({ sku: 'PHONE' })
  return { ...shop, desk, scheduler, held }
}
const seconds = (n: number) => ({ deadline: { seconds: n } })

describe('a deadline', () => {
  it('that passes before anything was sent is definite', async () => {
    const { desk, scheduler, store } = await drivenShop()
    const placing = desk.place(orderOf('o1', 'ada'), seconds(2))
    const told = placing.catch((error: unknown) => error)
    await promisesSettle()
    await scheduler.advance(2_000)
    expect(await told).toMatchObject({ code: 'not-sent', id: 'o1' })
    await scheduler.turns()
    expect(await store.readOrders(['o1'])).toEqual([null])
    expect(desk.drops).toEqual({ overloaded: 0, notSent: 1, unknown: 0 })
  })

  it('that passes after sending is unknown, and asking again by the same id tells', async () => {
    const { desk, scheduler, held } = await drivenShop()
    held.kind = 'reserve'
    const told = desk.place(orderOf('o1', 'ada'), seconds(2)).catch((error: unknown) => error)
    await scheduler.turns()
    await held.isWaiting()
    await scheduler.advance(2_000)
    expect(await told).toMatchObject({ code: 'unknown', id: 'o1' })
    held.release()
    const again = desk.place(orderOf('o1', 'ada'))
    await scheduler.turns()
    await scheduler.turns()
    expect(await again).toMatchObject({ ok: true, replayed: true })
    expect(desk.drops.unknown).toBe(1)
  })

  it('of the desk holds where the call names none', async () => {
    const { desk, scheduler } = await drivenShop({ deadline: { seconds: 3 } })
    const told = desk.recordPayment({ orderId: 'o1', paymentId: 'p1' }).catch((error: unknown) => error)
    await promisesSettle()
    await scheduler.advance(2_900)
    await scheduler.advance(200)
    expect(await told).toMatchObject({ code: 'not-sent', id: 'o1' })
  })

  it('holds for all that a call asks of the store, however often that is', async () => {
    // The first answer is about the time, of which this application has none: the order is named anew and sent again.
    const { desk, scheduler, held, clock } = await drivenShop({ clock: () => 0 })
    clock.pass(120_000)
    held.kind = 'reserve'
    const told = desk.place(orderOf('o1', 'ada'), seconds(10)).catch((error: unknown) => error)
    await scheduler.turns()
    await held.isWaiting()
    await scheduler.advance(9_000)
    held.release()
    await promisesSettle()
    await promisesSettle()
    await scheduler.advance(1_000)
    expect(await told).toMatchObject({ code: 'not-sent', id: 'o1' })
  })
})

describe('a signal', () => {
  it('that was aborted already sends nothing', async () => {
    const { desk } = await drivenShop()
    const reason = new Error('the buyer has left')
    const placed = desk.place(orderOf('o1', 'ada'), { signal: AbortSignal.abort(reason) })
    await expect(placed).rejects.toMatchObject({ code: 'not-sent', id: 'o1', cause: reason })
  })

  it('that aborts while the order waits takes it out of the queue', async () => {
    const { desk, scheduler, store } = await drivenShop()
    const controller = new AbortController()
    const { signal } = controller
    const told = desk.place(orderOf('o1', 'ada'), { signal }).catch((error: unknown) => error)
    await promisesSettle()
    controller.abort()
    expect(await told).toMatchObject({ code: 'not-sent' })
    await scheduler.turns()
    expect(await store.readOrders(['o1'])).toEqual([null])
  })

  it('that aborts after sending leaves it unknown what became of the order', async () => {
    const { desk, scheduler, held } = await drivenShop()
    held.kind = 'release'
    const controller = new AbortController()
    const cancel = desk.cancel({ orderId: 'o1', by: 'buyer' }, { signal: controller.signal })
    const told = cancel.catch((error: unknown) => error)
    await scheduler.turns()
    await held.isWaiting()
    controller.abort()
    expect(await told).toMatchObject({ code: 'unknown', id: 'o1' })
    held.release()
  })
})

describe('a queue that is full', () => {
  it('refuses orders with a hint when to come back, and goes on with what settles them', async () => {
    const { desk, scheduler } = await drivenShop({ queueLimit: 4, batchLimit: 4 })
    const waiting = Array.from({ length: 4 }, (_, n) => desk.place(orderOf(`o${n}`, `u${n}`)))
    await promisesSettle()
    const refused = await desk.place(orderOf('o9', 'ada')).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'overloaded', id: 'o9', retryAfterMs: expect.any(Number) })
    expect((refused as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0)
    const settling = [
      desk.cancel({ orderId: 'o8', by: 'buyer' }),
      desk.recordPayment({ orderId: 'o7', paymentId: 'p7' }),
    ]
    expect(desk.drops.overloaded).toBe(1)
    const all = Promise.all([...waiting, ...settling])
    for (let turn = 0; turn < 6; turn++) await scheduler.turns()
    expect((await all).map(({ ok }) => ok)).toEqual([true, true, true, true, false, false])
  })
})
