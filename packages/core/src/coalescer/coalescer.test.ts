import { describe, expect, test } from 'vitest'
import { HoldfastError } from '../errors.js'
import { PATIENT, promisesSettle, setUp } from './hand-driven.js'
import { outcomeOf, reserve, reserves, sweep } from './sample-commands.js'

describe('when a batch leaves', () => {
  test('one caller is served on the next turn, without a timer', async () => {
    const { scheduler, store, submit, told } = setUp()
    void submit(reserve('a'))
    expect(store.calls).toHaveLength(0)
    await scheduler.turn()
    expect(store.only).toMatchObject({ partition: 'p', epoch: null, names: ['reserve a'] })
    store.only.answer()
    await promisesSettle()
    expect(told).toEqual(['reserve a: ok'])
    expect(scheduler.timersMade).toBe(0)
  })

  test('an answer brings the outcome, the store’s clock and the epoch', async () => {
    const { scheduler, store, coalescer } = setUp()
    const command = reserve('a')
    const answer = coalescer.submit('p', command, PATIENT)
    await scheduler.turn()
    store.only.answer({ now: 77, epoch: 3 })
    expect(await answer).toEqual({ outcome: outcomeOf(command), now: 77, epoch: 3 })
  })

  test('commands of one turn share a batch', async () => {
    const { scheduler, store, submitAll } = setUp()
    submitAll(reserve('a'), reserve('b'), reserve('c'))
    await scheduler.turn()
    expect(store.only.names).toEqual(['reserve a', 'reserve b', 'reserve c'])
  })

  test('a second batch may leave while one is out; then commands gather', async () => {
    const { scheduler, store, submitAll, sent } = setUp()
    for (const id of ['a', 'b', 'c', 'd']) {
      submitAll(reserve(id))
      await scheduler.turns()
    }
    expect(sent()).toEqual([['reserve a'], ['reserve b']])
    store.open[1]?.answer()
    await scheduler.turns()
    expect(sent()).toEqual([['reserve a'], ['reserve b'], ['reserve c', 'reserve d']])
  })

  test('what the callers just answered ask for next joins the next batch', async () => {
    const { scheduler, store, submit, submitAll, sent } = setUp({ maxInFlight: 1 })
    void submit(reserve('a')).then(() => submit(reserve('a2')))
    await scheduler.turn()
    submitAll(reserve('b'))
    store.only.answer()
    await scheduler.turn()
    expect(sent()[1]).toEqual(['reserve b', 'reserve a2'])
  })

  test('partitions do not wait for each other', async () => {
    const { scheduler, store, coalescer } = setUp({ maxInFlight: 1 })
    for (const partition of ['p', 'q']) void coalescer.submit(partition, reserve('a'), PATIENT)
    await scheduler.turns()
    expect(store.open.map((call) => call.partition)).toEqual(['p', 'q'])
  })

  test('depth counts what waits, not what is out', async () => {
    const { scheduler, coalescer, submitAll } = setUp({ maxInFlight: 1, maxCommands: 4 })
    submitAll(...reserves(6))
    expect(coalescer.depth).toBe(6)
    await scheduler.turns()
    expect(coalescer.depth).toBe(2)
  })
})

describe('how a batch is cut', () => {
  test('by commands', async () => {
    const { submitAll, finish, store } = setUp({ maxCommands: 4 })
    submitAll(...reserves(10))
    await finish()
    expect(store.calls.map((call) => call.commands.length)).toEqual([4, 4, 2])
  })

  test('by claims: units, uses, guards and rows', async () => {
    const { submitAll, finish, sent } = setUp({ maxClaims: 8 })
    const heavy = {
      ...reserve('heavy', 2),
      guards: [{ name: 'g', prior: [] }],
      rows: [{ table: 't', values: {} }],
    }
    submitAll(heavy, reserve('b', 4), reserve('c', 1), reserve('d', 1))
    await finish()
    expect(sent()).toEqual([
      ['reserve heavy', 'reserve b'],
      ['reserve c', 'reserve d'],
    ])
  })

  test('the oldest is not passed over for a smaller one', async () => {
    const { submitAll, finish, sent } = setUp({ maxClaims: 4 })
    submitAll(reserve('a', 2), reserve('b', 3), reserve('c', 1))
    await finish()
    expect(sent()).toEqual([['reserve a'], ['reserve b', 'reserve c']])
  })

  test('a command with more claims than a batch may hold goes alone', async () => {
    const { submitAll, finish, sent } = setUp({ maxClaims: 4 })
    submitAll(reserve('a'), reserve('b', 9), reserve('c'))
    await finish()
    expect(sent()).toEqual([['reserve a'], ['reserve b'], ['reserve c']])
  })

  test('options that leave a lane without its share are refused with their path', () => {
    for (const options of [
      { maxCommands: 3 },
      { maxClaims: 0 },
      { maxInFlight: 1.5 },
      { maxQueued: Number.NaN },
    ]) {
      const [path] = Object.keys(options)
      expect(() => setUp(options)).toThrow(expect.objectContaining({ code: 'invalid-argument', path }))
    }
  })
})

describe('drain and close', () => {
  test('drain waits for what is queued and in flight', async () => {
    const { scheduler, store, coalescer, submitAll, told } = setUp({ maxInFlight: 1, maxCommands: 4 })
    submitAll(...reserves(6))
    let drained = false
    void coalescer.drain().then(() => {
      drained = true
    })
    await scheduler.turns()
    store.only.answer()
    await scheduler.turns()
    expect(drained).toBe(false)
    store.only.answer()
    await scheduler.turns()
    expect(drained).toBe(true)
    expect(told).toHaveLength(6)
  })

  test('drain with nothing to wait for resolves at once', async () => {
    await expect(setUp().coalescer.drain()).resolves.toBeUndefined()
  })

  test('drain ends when the last of the queue gives up', async () => {
    const { coalescer, submit, told } = setUp()
    const controller = new AbortController()
    void submit(reserve('a'), { ...PATIENT, signal: controller.signal })
    const drained = coalescer.drain()
    controller.abort()
    await drained
    await promisesSettle()
    expect(told).toEqual(['reserve a: not-sent'])
  })

  test('close answers the old work and refuses new work with its id', async () => {
    const { scheduler, coalescer, submit, finish, told, errors } = setUp()
    void submit(reserve('a'), { deadlineMs: 5_000 })
    const closed = coalescer.close()
    await submit(reserve('b'))
    await finish()
    await closed
    expect(told).toEqual(['reserve b: closed', 'reserve a: ok'])
    expect(errors[0]?.id).toBe('b')
    expect(scheduler.timers.size).toBe(0)
    await coalescer.close()
  })
})

test('idle partitions beyond a thousand are let go, and the epochs learnt are kept', async () => {
  const { scheduler, store, coalescer } = setUp()
  for (let n = 0; n < 3_000; n++) {
    const answer = coalescer.submit(`p${n}`, reserve('a'), { deadlineMs: 5_000 })
    await scheduler.turn()
    store.only.answer({ epoch: n })
    await answer
  }
  expect(scheduler.timers.size).toBeLessThanOrEqual(1_024)
  void coalescer.submit('p7', reserve('b'), PATIENT)
  await scheduler.turn()
  expect(store.only.epoch).toBe(7)
})

test('an error of the coalescer is recognised by its code', async () => {
  const { coalescer } = setUp()
  await coalescer.close()
  await expect(coalescer.submit('p', sweep(), PATIENT)).rejects.toBeInstanceOf(HoldfastError)
})
