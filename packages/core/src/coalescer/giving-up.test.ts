import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { PATIENT, promisesSettle, setUp } from './hand-driven.js'
import { confirm, reserve, reserves, supply, sweep } from './sample-commands.js'

describe('deadlines', () => {
  test('passed in the queue: not-sent, and never sent', async () => {
    const { scheduler, submit, submitAll, finish, sent, told, errors, coalescer } = setUp({ maxInFlight: 1 })
    submitAll(reserve('a'))
    await scheduler.turns()
    void submit(reserve('b'), { deadlineMs: 50 })
    void submit(confirm('c'), { deadlineMs: 60 })
    await scheduler.advance(49)
    expect(told).toEqual([])
    await scheduler.advance(21)
    expect(told).toEqual(['reserve b: not-sent', 'confirm c: not-sent'])
    expect(errors.map((error) => error.id)).toEqual(['b', 'c'])
    await finish()
    expect(sent()).toEqual([['reserve a']])
    expect(coalescer.drops).toEqual({ overloaded: 0, notSent: 2, unknown: 0 })
  })

  test('passed after sending: unknown, and the late reply changes nothing', async () => {
    const { scheduler, store, submit, told, errors, coalescer } = setUp()
    void submit(reserve('a'), { deadlineMs: 50 })
    void submit(reserve('b'), { deadlineMs: 500 })
    await scheduler.turns()
    await scheduler.advance(60)
    expect(told).toEqual(['reserve a: unknown'])
    expect(errors[0]?.id).toBe('a')
    store.only.answer()
    await promisesSettle()
    expect(told).toEqual(['reserve a: unknown', 'reserve b: ok'])
    expect(coalescer.drops.unknown).toBe(1)
  })

  test('an id whose caller gave up stays in flight until the store has answered', async () => {
    const { scheduler, store, submit, submitAll, sent } = setUp()
    void submit(reserve('a'), { deadlineMs: 50 })
    await scheduler.turns()
    await scheduler.advance(60)
    submitAll(reserve('a'))
    await scheduler.turns()
    expect(sent()).toHaveLength(1)
    store.only.answer()
    await scheduler.turns()
    expect(sent()).toHaveLength(2)
  })

  test('one that is due when its batch is put together is not sent, though no timer has fired', async () => {
    const { scheduler, store, submit, submitAll, told } = setUp()
    void submit(reserve('a'), { deadlineMs: 5 })
    submitAll(reserve('b'))
    scheduler.time += 5
    await scheduler.turns()
    expect(store.only.names).toEqual(['reserve b'])
    expect(told).toEqual(['reserve a: not-sent'])
  })

  test('one timer for all, and at most one look every 10 ms', async () => {
    const { scheduler, submit, submitAll, told } = setUp({ maxInFlight: 1 })
    submitAll(reserve('first'))
    await scheduler.turns()
    for (let n = 0; n < 1_000; n++) void submit(reserve(`r${n}`), { deadlineMs: 20 + n / 10 })
    expect(scheduler.timers.size).toBe(1)
    await scheduler.advance(200)
    expect(told).toHaveLength(1_000)
    expect(scheduler.timersMade).toBeLessThanOrEqual(12)
    expect(scheduler.timers.size).toBe(0)
  })

  test('an earlier deadline arms the timer anew, a later one does not', async () => {
    const { scheduler, submit, told } = setUp()
    void submit(reserve('late'), { deadlineMs: 5_000 })
    void submit(reserve('soon'), { deadlineMs: 50 })
    void submit(reserve('later'), { deadlineMs: 9_000 })
    expect([...scheduler.timers].map((timer) => timer.at - scheduler.time)).toEqual([50])
    await scheduler.turns()
    await scheduler.advance(50)
    expect(told).toEqual(['reserve soon: unknown'])
    await scheduler.advance(5_000)
    expect(told).toEqual(['reserve soon: unknown', 'reserve late: unknown'])
  })

  test('one that is past already, or no number, is not sent', async () => {
    const { submit, told, coalescer } = setUp()
    for (const deadlineMs of [0, -1, Number.NaN]) await submit(reserve('a'), { deadlineMs })
    expect(told).toEqual(Array.from({ length: 3 }, () => 'reserve a: not-sent'))
    expect(coalescer.depth).toBe(0)
  })
})

describe('abort', () => {
  test('in the queue: not-sent with the signal’s reason; after sending: unknown', async () => {
    const { scheduler, store, submit, submitAll, told, errors, finish, sent } = setUp({ maxInFlight: 1 })
    const [early, late] = [new AbortController(), new AbortController()]
    void submit(reserve('a'), { ...PATIENT, signal: late.signal })
    await scheduler.turns()
    void submit(reserve('b'), { ...PATIENT, signal: early.signal })
    submitAll(reserve('c'))
    early.abort('changed my mind')
    late.abort()
    await promisesSettle()
    expect(told).toEqual(['reserve b: not-sent', 'reserve a: unknown'])
    expect(errors[0]).toMatchObject({ id: 'b', cause: 'changed my mind' })
    store.only.answer()
    await finish()
    expect(sent()).toEqual([['reserve a'], ['reserve c']])
  })

  test('before the call: not-sent at once', async () => {
    const { submit, told } = setUp()
    await submit(reserve('a'), { ...PATIENT, signal: AbortSignal.abort() })
    expect(told).toEqual(['reserve a: not-sent'])
  })

  test('an answered call leaves no listener on the signal', async () => {
    const { submit, finish, told } = setUp()
    const controller = new AbortController()
    void submit(reserve('a'), { ...PATIENT, signal: controller.signal })
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    await finish()
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    controller.abort()
    await promisesSettle()
    expect(told).toEqual(['reserve a: ok'])
  })

  test('callers who come and give up while the store hangs leave nothing behind', async () => {
    const { scheduler, submit, submitAll, coalescer, finish, sent } = setUp({ maxInFlight: 1 })
    submitAll(reserve('a'))
    await scheduler.turns()
    submitAll(reserve('kept'))
    for (let n = 0; n < 5_000; n++) {
      const controller = new AbortController()
      void submit(n % 2 === 0 ? reserve('a') : reserve(`r${n}`), { ...PATIENT, signal: controller.signal })
      controller.abort()
    }
    expect(coalescer.depth).toBe(1)
    await finish()
    expect(sent()).toEqual([['reserve a'], ['reserve kept']])
  })
})

describe('a full queue', () => {
  test('refuses reserves alone, with the id and a hint', async () => {
    const { scheduler, submitAll, told, errors, coalescer, finish } = setUp({ maxQueued: 3, maxInFlight: 1 })
    submitAll(reserve('out'))
    await scheduler.turns()
    submitAll(reserve('a'), reserve('b'), reserve('c'), reserve('d'), confirm('e'), supply('m'), sweep())
    await promisesSettle()
    expect(told).toEqual(['reserve d: overloaded'])
    expect(errors[0]).toMatchObject({ id: 'd', retryAfterMs: 1_000 })
    expect(coalescer.drops.overloaded).toBe(1)
    await finish()
    expect(told).toHaveLength(8)
  })

  test('hints at the time that the queue takes at the recent rate, idle time not counted', async () => {
    const { scheduler, store, submitAll, errors } = setUp({
      maxQueued: 400,
      maxInFlight: 1,
      maxCommands: 100,
    })
    for (let round = 0; round < 4; round++) {
      submitAll(...reserves(100, `round${round}-`))
      await scheduler.turns()
      await scheduler.advance(20)
      store.only.answer()
      await scheduler.turns()
      await scheduler.advance(5_000)
    }
    submitAll(...reserves(401))
    await promisesSettle()
    // 100 in 20 ms are 5 a ms: 400 take 80 ms.
    expect(errors.map((error) => error.retryAfterMs)).toEqual([80])
  })
})
