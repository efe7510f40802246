import { describe, expect, it, vi } from 'vitest'
import { HandScheduler, promisesSettle } from '../coalescer/hand-driven.js'
import { HoldfastError } from '../errors.js'
import type { Round } from './desk-worker.js'
import { MINUTE, openShop, orderOf, watched } from './shop.test-support.js'

/** Turns and timers until nothing happens by itself any more. */
async function settle(scheduler: HandScheduler): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await scheduler.turns()
}

describe('a worker', () => {
  it('does in a round what no buyer waits for, and tells how much of it', async () => {
    const { desk, stock, clock, worker } = await openShop({ backorder: true })
    await stock('PHONE', 1)
    await desk.configure({ sku: 'PHONE', backorderLimit: 9 })
    await desk.place(orderOf('o1', 'ada'))
    clock.pass(10 * MINUTE)
    await desk.place(orderOf('o2', 'bob'))
    await desk.submit(orderOf('o3', 'eve', 'CASE'))
    clock.pass(5 * MINUTE)
    // The first unit comes back by the deadline, and goes to him who is owed one.
    expect(await worker().runOnce()).toEqual({
      expired: 1,
      filled: 1,
      tickets: 1,
      compensations: 0,
      campaigns: 0,
      transfers: 0,
    })
    expect(await desk.order('o2')).toMatchObject({ lines: [{ owed: 0 }] })
    expect(await worker().runOnce()).toEqual({
      expired: 0,
      filled: 0,
      tickets: 0,
      compensations: 0,
      campaigns: 0,
      transfers: 0,
    })
  })

  it.each(['apply', 'read', 'takeQueued', 'takeCompensations', 'listCampaigns'])(
    'rejects with an error of Holdfast whatever the store fails with: %s',
    async (failing) => {
      const { worker } = await openShop(
        { backorder: true },
        {
          around: (store) =>
            watched(store, (method) => {
              if (method === failing) throw new Error('connection lost')
            }),
        },
      )
      await expect(worker().runOnce()).rejects.toMatchObject({ name: 'HoldfastError', code: 'unknown' })
    },
  )

  it('works until nothing is left, in bounded bites', async () => {
    const { desk, stock, clock, worker } = await openShop()
    await stock('PHONE', 40)
    for (let n = 0; n < 20; n++) await desk.place(orderOf(`o${n}`, `u${n}`))
    for (let n = 0; n < 20; n++) await desk.submit(orderOf(`q${n}`, `v${n}`))
    clock.pass(15 * MINUTE)
    expect(await worker({ batchLimit: 3 }).runOnce()).toMatchObject({ expired: 20, tickets: 20 })
  })

  it('does the rest where one thing fails, and tells of the failure', async () => {
    let fails = true
    const { desk, stock, clock, worker } = await openShop(
      {},
      {
        around: (store) =>
          watched(store, (method, args) => {
            const [command] = method === 'apply' ? (args[2] as { kind: string }[]) : []
            if (fails && command?.kind === 'sweep')
              throw new HoldfastError('store-failed', 'the disk is full')
          }),
      },
    )
    await stock('PHONE', 2)
    await desk.place(orderOf('o1', 'ada'))
    await desk.submit(orderOf('o2', 'bob'))
    clock.pass(15 * MINUTE)
    await expect(worker().runOnce()).rejects.toMatchObject({ code: 'store-failed' })
    expect(await desk.order('o2')).toMatchObject({ status: 'awaiting-payment' })
    fails = false
    expect(await worker().runOnce()).toMatchObject({ expired: 1 })
  })
})

describe('a started worker', () => {
  async function started(options: { fails?: () => unknown } = {}) {
    const scheduler = new HandScheduler()
    const shop = await openShop(
      {},
      {
        scheduler,
        around: (store) =>
          watched(store, (method, args) => {
            const [command] = method === 'apply' ? (args[2] as { kind: string }[]) : []
            if (command?.kind === 'sweep') options.fails?.()
          }),
      },
    )
    const worker = shop.worker({ every: { seconds: 1 } })
    const rounds: Round[] = []
    const errors: unknown[] = []
    worker.on('round', (round) => rounds.push(round))
    worker.on('error', (error) => errors.push(error))
    await worker.start()
    await scheduler.advance(0)
    await settle(scheduler)
    return { ...shop, scheduler, worker, rounds, errors }
  }

  it('does a round at once, then as often as it was told, and at once again while there is work', async () => {
    const { desk, scheduler, worker, rounds } = await started()
    expect(rounds).toHaveLength(1)
    await scheduler.advance(999)
    await settle(scheduler)
    expect(rounds).toHaveLength(1)
    const submitted = desk.submit(orderOf('o1', 'ada'))
    await settle(scheduler)
    await submitted
    await scheduler.advance(1)
    await settle(scheduler)
    await scheduler.advance(0)
    await settle(scheduler)
    expect(rounds.map(({ tickets }) => tickets)).toEqual([0, 1, 0])
    await worker.close()
  })

  it('is started once, however often it is told to', async () => {
    const { scheduler, worker, rounds } = await started()
    await worker.start()
    await worker.start()
    await scheduler.advance(1_000)
    await settle(scheduler)
    expect(rounds).toHaveLength(2)
    await worker.close()
  })

  it('goes on after a failure, in its own time, and tells of it', async () => {
    let fails = true
    const failure = new HoldfastError('store-failed', 'the disk is full')
    const { scheduler, worker, rounds, errors } = await started({
      fails: () => {
        if (fails) throw failure
      },
    })
    expect(errors).toMatchObject([{ code: 'store-failed' }])
    fails = false
    await scheduler.advance(1_000)
    await settle(scheduler)
    expect([rounds.length, errors.length]).toEqual([2, 1])
    await worker.close()
  })

  it('goes on though nobody listens to its failures, or a listener fails itself', async () => {
    const { scheduler, worker, rounds } = await started()
    worker.removeAllListeners('error')
    const throwing = () => {
      throw new Error('the listener is broken')
    }
    worker.on('round', throwing)
    await scheduler.advance(1_000)
    await settle(scheduler)
    worker.off('round', throwing)
    await scheduler.advance(1_000)
    await settle(scheduler)
    expect(rounds).toHaveLength(3)
    await worker.close()
  })

  it('that was closed does no more; started again it goes on', async () => {
    const { scheduler, worker, rounds } = await started()
    await worker.close()
    await scheduler.advance(10_000)
    await settle(scheduler)
    expect(rounds).toHaveLength(1)
    await worker.start()
    await scheduler.advance(0)
    await settle(scheduler)
    expect(rounds).toHaveLength(2)
    await worker.close()
  })

  it('stops when its desk is closed', async () => {
    const { desk, scheduler, rounds, errors } = await started()
    const closing = desk.close()
    await settle(scheduler)
    await closing
    await scheduler.advance(10_000)
    await settle(scheduler)
    expect([rounds.length, errors.length, scheduler.timers.size]).toEqual([1, 0, 0])
  })

  it('keeps its process alive until it is closed', async () => {
    const { desk } = await openShop()
    const { DeskWorker } = await import('./desk-worker.js')
    // Its own timer is looked at, not how many the process has: other tests leave timers that end in the meantime.
    const set = vi.spyOn(globalThis, 'setInterval')
    const cleared = vi.spyOn(globalThis, 'clearInterval')
    const worker = new DeskWorker(desk)
    await worker.start()
    await promisesSettle()
    const [interval] = set.mock.results.map(({ value }) => value as NodeJS.Timeout)
    expect(interval?.hasRef()).toBe(true)
    expect(cleared).not.toHaveBeenCalled()
    await worker.close()
    expect(cleared).toHaveBeenCalledWith(interval)
    vi.restoreAllMocks()
  })
})
