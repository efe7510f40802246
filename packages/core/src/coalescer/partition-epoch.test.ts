import { describe, expect, test } from 'vitest'
import { type HandStore, setUp } from './hand-driven.js'
import { reserve } from './sample-commands.js'

describe('epochs', () => {
  const epochs = (store: HandStore) => store.calls.map((call) => call.epoch)

  test('without a source: the first reply’s is expected from then on', async () => {
    const { store, submitAll, finish } = setUp()
    for (const id of ['a', 'b']) {
      submitAll(reserve(id))
      await finish((call) => call.answer({ epoch: 4 }))
    }
    expect(epochs(store)).toEqual([null, 4])
  })

  test('without a source: fenced is told once, then the store is believed again', async () => {
    const { store, submitAll, finish, told, errors } = setUp()
    submitAll(reserve('a'))
    await finish((call) => call.answer({ epoch: 4 }))
    submitAll(reserve('b'))
    await finish((call) => call.fence(5))
    submitAll(reserve('b'))
    await finish((call) => call.answer({ epoch: 5 }))
    expect(epochs(store)).toEqual([null, 4, null])
    expect(told).toEqual(['reserve a: ok', 'reserve b: fenced', 'reserve b: ok'])
    expect(errors[0]?.id).toBe('b')
  })

  test('with a source: asked before the first batch, and not again', async () => {
    const asked: string[] = []
    const { store, submitAll, finish } = setUp({
      epochSource: async (partition) => {
        asked.push(partition)
        return 7
      },
    })
    for (const id of ['a', 'b']) {
      submitAll(reserve(id))
      await finish((call) => call.answer({ epoch: 7 }))
    }
    expect(epochs(store)).toEqual([7, 7])
    expect(asked).toEqual(['p'])
  })

  test('fenced: the source is asked and the same commands go again, once', async () => {
    let epoch = 1
    const { store, submitAll, finish, told, sent } = setUp({ epochSource: async () => epoch })
    submitAll(reserve('a'))
    await finish()
    epoch = 2
    submitAll(reserve('b'), reserve('c'))
    await finish((call) => (call.epoch === 1 ? call.fence(2) : call.answer({ epoch: 2 })))
    expect(epochs(store)).toEqual([1, 1, 2])
    expect(sent()[2]).toEqual(sent()[1])
    expect(told).toEqual(['reserve a: ok', 'reserve b: ok', 'reserve c: ok'])
  })

  test('fenced twice: each command gets fenced', async () => {
    const { store, submitAll, finish, told } = setUp({ epochSource: async () => 2 })
    submitAll(reserve('a'), reserve('b'))
    await finish((call) => call.fence(3))
    expect(store.calls).toHaveLength(2)
    expect(told).toEqual(['reserve a: fenced', 'reserve b: fenced'])
  })

  test('fenced, and the source knows no epoch: fenced, without a second try', async () => {
    const { store, submitAll, finish, told } = setUp({ epochSource: async () => null })
    submitAll(reserve('a'))
    await finish((call) => call.fence(null))
    expect(store.calls).toHaveLength(1)
    expect(told).toEqual(['reserve a: fenced'])
  })

  test('a source that fails: nothing sent at first, fenced after a fence, with its error as the cause', async () => {
    const cause = new Error('ledger down')
    let down = true
    const { store, submitAll, finish, told, errors } = setUp({
      epochSource: () => (down ? Promise.reject(cause) : Promise.resolve(1)),
    })
    submitAll(reserve('a'))
    await finish()
    expect(store.calls).toHaveLength(0)
    down = false
    submitAll(reserve('b'))
    await finish()
    down = true
    submitAll(reserve('c'))
    await finish((call) => call.fence(9))
    expect(told).toEqual(['reserve a: store-failed', 'reserve b: ok', 'reserve c: fenced'])
    expect(errors.map((error) => error.cause)).toEqual([cause, cause])
  })

  test('two batches fenced together ask once', async () => {
    let asked = 0
    let epoch = 1
    const { store, submitAll, finish, scheduler, told } = setUp({
      epochSource: async () => {
        asked++
        return epoch
      },
    })
    submitAll(reserve('a'))
    await finish()
    epoch = 2
    for (const id of ['b', 'c']) {
      submitAll(reserve(id))
      await scheduler.turns()
    }
    const [first, second] = [...store.open]
    first?.fence(2)
    await scheduler.turns()
    second?.fence(2)
    await finish((call) => call.answer({ epoch: 2 }))
    expect(asked).toBe(2)
    expect(told).toEqual(['reserve a: ok', 'reserve b: ok', 'reserve c: ok'])
  })

  test('a caller who gives up while the source is asked is told not-sent, and is not sent', async () => {
    let tell: (epoch: number) => void = () => undefined
    const { store, submit, submitAll, scheduler, finish, told } = setUp({
      epochSource: () => new Promise((resolve) => (tell = resolve)),
    })
    void submit(reserve('a'), { deadlineMs: 50 })
    submitAll(reserve('b'))
    await scheduler.turns()
    await scheduler.advance(60)
    expect(told).toEqual(['reserve a: not-sent'])
    tell(1)
    await finish()
    expect(store.calls.map((call) => call.names)).toEqual([['reserve b']])
  })

  test('likewise while it is asked after a fence', async () => {
    const tell: ((epoch: number) => void)[] = []
    const { store, submit, submitAll, scheduler, finish, told } = setUp({
      epochSource: () => new Promise((resolve) => tell.push(resolve)),
    })
    void submit(reserve('a'), { deadlineMs: 50 })
    submitAll(reserve('b'))
    await scheduler.turns()
    tell[0]?.(1)
    await scheduler.turns()
    store.only.fence(2)
    await scheduler.turns()
    await scheduler.advance(60)
    expect(told).toEqual(['reserve a: not-sent'])
    tell[1]?.(2)
    await finish()
    expect(store.calls.map((call) => call.names)).toEqual([['reserve a', 'reserve b'], ['reserve b']])
  })
})
