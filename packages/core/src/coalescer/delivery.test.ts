import { describe, expect, test } from 'vitest'
import { type ErrorCode, HoldfastError } from '../errors.js'
import { type HandStore, promisesSettle, type StoreCall, setUp } from './hand-driven.js'
import { confirm, reserve, reserves, supply } from './sample-commands.js'

function broken(code: ErrorCode, commandIndex?: number): HoldfastError {
  return new HoldfastError(code, 'broken', commandIndex === undefined ? {} : { commandIndex })
}

/** Refuses a batch that holds one of these ids, naming the first of them or not. */
function refusing(ids: readonly string[], code: ErrorCode, named: boolean) {
  return (call: StoreCall) => {
    const index = call.commands.findIndex((command) => 'id' in command && ids.includes(command.id))
    if (index < 0) call.answer()
    else call.fail(broken(code, named ? index : undefined))
  }
}

function sizes(store: HandStore): number[] {
  return store.calls.map((call) => call.commands.length)
}

const NOTHING_WRITTEN: readonly ErrorCode[] = [
  'invariant-violated',
  'row-rejected',
  'store-failed',
  'overloaded',
  'transaction-aborted',
  'invalid-argument',
  'would-deadlock',
]

describe('a batch that fails because of one command', () => {
  test.each(NOTHING_WRITTEN)('%s, its culprit named: that one gets it, the others go again', async (code) => {
    const { submitAll, finish, sent, told, errors } = setUp()
    submitAll(...reserves(4))
    await finish(refusing(['r2'], code, true))
    expect(sent()[1]).toEqual(['reserve r0', 'reserve r1', 'reserve r3'])
    expect(told).toEqual([`reserve r2: ${code}`, 'reserve r0: ok', 'reserve r1: ok', 'reserve r3: ok'])
    expect(errors[0]).toMatchObject({ code, id: 'r2' })
    expect(errors[0]?.commandIndex).toBeUndefined()
  })

  test.each(NOTHING_WRITTEN)('%s, nobody named: halved until the culprit stands alone', async (code) => {
    const { submitAll, finish, sent, told } = setUp()
    submitAll(...reserves(5))
    await finish(refusing(['r3'], code, false))
    expect(sent().slice(1)).toEqual([
      ['reserve r0', 'reserve r1', 'reserve r2'],
      ['reserve r3', 'reserve r4'],
      ['reserve r3'],
      ['reserve r4'],
    ])
    expect(told.filter((line) => !line.endsWith('ok'))).toEqual([`reserve r3: ${code}`])
    expect(told).toHaveLength(5)
  })

  test('500 commands and one culprit cost some twenty calls', async () => {
    const { store, submitAll, finish, told } = setUp()
    submitAll(...reserves(500))
    await finish(refusing(['r333'], 'invariant-violated', false))
    expect(store.calls.length).toBeLessThanOrEqual(20)
    expect(told.filter((line) => line.endsWith('ok'))).toHaveLength(499)
  })

  test('nothing but culprits, each named: the work does not grow with the square of the batch', async () => {
    const { store, submitAll, finish, told } = setUp()
    const commands = reserves(256)
    submitAll(...commands)
    const bad = commands.map((command) => command.id)
    await finish(refusing(bad, 'row-rejected', true))
    expect(told).toHaveLength(256)
    expect(told.every((line) => line.endsWith('row-rejected'))).toBe(true)
    expect(sizes(store).reduce((sum, size) => sum + size)).toBeLessThan(256 * 12)
  })

  test('its error keeps the store’s own cause, path and hint', async () => {
    const { store, submitAll, scheduler, errors } = setUp()
    submitAll(reserve('a'))
    await scheduler.turns()
    const cause = new Error('disk full')
    store.only.fail(
      new HoldfastError('store-failed', 'no', { cause, path: 'rows[0]', retryAfterMs: 9, commandIndex: 0 }),
    )
    await promisesSettle()
    expect(errors[0]).toMatchObject({
      code: 'store-failed',
      id: 'a',
      cause,
      path: 'rows[0]',
      retryAfterMs: 9,
    })
  })

  test.each([-1, 3, 0.5, Number.NaN])('a position %s that no command has names nobody', async (index) => {
    const { store, submitAll, scheduler, finish, told } = setUp()
    submitAll(...reserves(3))
    await scheduler.turns()
    store.only.fail(broken('row-rejected', index))
    await finish()
    expect(sizes(store)).toEqual([3, 2, 1])
    expect(told).toHaveLength(3)
  })

  test('a movement has no order’s id to carry', async () => {
    const { store, submitAll, scheduler, errors } = setUp()
    submitAll(supply('m'))
    await scheduler.turns()
    store.only.fail(broken('store-failed'))
    await promisesSettle()
    expect(errors[0]).toMatchObject({ code: 'store-failed' })
    expect(errors[0]?.id).toBeUndefined()
  })

  test('the parts hold one place in flight, one after the other', async () => {
    const { store, submitAll, scheduler, finish } = setUp({ maxInFlight: 1 })
    submitAll(...reserves(4))
    await scheduler.turns()
    submitAll(reserve('later'))
    let most = 0
    store.watch = () => {
      most = Math.max(most, store.open.length)
    }
    await finish(refusing(['r0', 'r3'], 'store-failed', false))
    expect(most).toBe(1)
    expect(sizes(store)).toEqual([4, 2, 1, 1, 2, 1, 1, 1])
  })

  test('a caller who gives up in between is told not-sent, and nothing of it is sent again', async () => {
    const { store, submit, submitAll, scheduler, finish, told } = setUp()
    const controller = new AbortController()
    submitAll(reserve('a'), reserve('b'))
    void submit(reserve('c'), { deadlineMs: 50 })
    void submit(reserve('d'), { deadlineMs: 1e6, signal: controller.signal })
    await scheduler.turns()
    store.only.fail(broken('store-failed'))
    await scheduler.turns()
    expect(store.only.names).toEqual(['reserve a', 'reserve b'])
    controller.abort()
    await scheduler.advance(60)
    submitAll(confirm('c'))
    await finish()
    expect(told).toEqual([
      'reserve d: not-sent',
      'reserve c: not-sent',
      'reserve a: ok',
      'reserve b: ok',
      'confirm c: ok',
    ])
    expect(sizes(store)).toEqual([4, 2, 1])
  })
})

describe('a batch that fails as a whole', () => {
  test.each(['closed', 'fenced', 'not-sent'] as const)(
    '%s: each command gets it, none goes again',
    async (code) => {
      const { store, submitAll, finish, told } = setUp()
      submitAll(...reserves(3))
      await finish((call) => call.fail(broken(code)))
      expect(told).toEqual(['r0', 'r1', 'r2'].map((id) => `reserve ${id}: ${code}`))
      expect(sizes(store)).toEqual([3])
    },
  )

  const driver = new Error('socket hang up')
  test.each([
    ['an error of the driver', driver],
    ['unknown', new HoldfastError('unknown', 'lost at commit', { cause: driver })],
    [
      'unknown, though it names a command',
      new HoldfastError('unknown', 'lost', { cause: driver, commandIndex: 1 }),
    ],
  ])('%s: it may have been written, each is unknown and none goes again', async (_, error) => {
    const { store, submitAll, finish, told, errors } = setUp()
    submitAll(...reserves(3))
    await finish((call) => call.fail(error))
    expect(told).toEqual(['r0', 'r1', 'r2'].map((id) => `reserve ${id}: unknown`))
    expect(errors.map(({ id, cause }) => ({ id, cause }))).toEqual(
      ['r0', 'r1', 'r2'].map((id) => ({ id, cause: driver })),
    )
    expect(sizes(store)).toEqual([3])
  })

  test('a store that throws instead of rejecting is no different', async () => {
    const { store, submitAll, finish, told } = setUp()
    store.apply = () => {
      throw new TypeError('no such method')
    }
    submitAll(reserve('a'))
    await finish()
    expect(told).toEqual(['reserve a: unknown'])
  })

  test('a reply with too few outcomes answers nobody by mistake', async () => {
    const { submitAll, finish, told } = setUp()
    submitAll(...reserves(2))
    await finish((call) => call.answer({ outcomes: [{ kind: 'late' }] }))
    expect(told).toEqual(['reserve r0: unknown', 'reserve r1: unknown'])
  })

  test('the next batch is served as if nothing had been', async () => {
    const { submitAll, finish, told } = setUp()
    submitAll(reserve('a'))
    await finish((call) => call.fail(driver))
    submitAll(reserve('a'))
    await finish()
    expect(told).toEqual(['reserve a: unknown', 'reserve a: ok'])
  })
})
