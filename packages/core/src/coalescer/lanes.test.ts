import { describe, expect, test } from 'vitest'
import { HoldfastError } from '../errors.js'
import type { Command } from '../port/commands.js'
import { PATIENT, setUp } from './hand-driven.js'
import { confirm, confirms, fill, release, reserve, reserves, supply, sweep } from './sample-commands.js'

function kindsOf(commands: readonly Command[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of commands) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

describe('lanes', () => {
  test('settling goes before reserving, a sweep last', async () => {
    const { submitAll, finish, sent } = setUp()
    submitAll(sweep(), reserve('a'), confirm('b'), reserve('c'), release('d'), supply('m'))
    await finish()
    expect(sent()).toEqual([['confirm b', 'release d', 'supply m', 'reserve a', 'reserve c', 'sweep']])
  })

  test('reserving keeps a quarter of each batch, settling the rest', async () => {
    const { submitAll, finish, store } = setUp({ maxCommands: 8 })
    submitAll(...confirms(12), ...reserves(12))
    await finish()
    expect(store.calls.map((call) => kindsOf(call.commands))).toEqual([
      { confirm: 6, reserve: 2 },
      { confirm: 6, reserve: 2 },
      { reserve: 8 },
    ])
  })

  test('what reserving does not use of its quarter is settling’s', async () => {
    const { submitAll, finish, store } = setUp({ maxCommands: 8 })
    submitAll(...confirms(12), reserve('a'))
    await finish()
    expect(store.calls.map((call) => kindsOf(call.commands))).toEqual([
      { confirm: 7, reserve: 1 },
      { confirm: 5 },
    ])
  })

  test('reserves whose callers gave up keep no room', async () => {
    const { submit, submitAll, finish, store } = setUp({ maxCommands: 8 })
    const controller = new AbortController()
    for (const command of reserves(5)) void submit(command, { ...PATIENT, signal: controller.signal })
    submitAll(...confirms(8))
    controller.abort()
    await finish()
    expect(store.calls.map((call) => kindsOf(call.commands))).toEqual([{ confirm: 8 }])
  })

  test('sweep and fill: one such command a batch, however full it is', async () => {
    const { submitAll, finish, store } = setUp({ maxCommands: 8 })
    submitAll(sweep(), fill(), ...confirms(8), ...reserves(8))
    await finish()
    expect(store.calls.map((call) => kindsOf(call.commands))).toEqual([
      { confirm: 5, reserve: 2, sweep: 1 },
      { confirm: 3, reserve: 4, fill: 1 },
      { reserve: 2 },
    ])
  })

  test('a quarter of the claims is kept for reserves as well', async () => {
    const { submitAll, finish, store } = setUp({ maxClaims: 8 })
    submitAll(...confirms(8, 2), ...reserves(4))
    await finish()
    expect(store.calls.map((call) => kindsOf(call.commands))).toEqual([
      { confirm: 3, reserve: 2 },
      { confirm: 3, reserve: 2 },
      { confirm: 2 },
    ])
  })

  test('neither lane starves when the oldest of both do not fit into one batch', async () => {
    const { submitAll, finish, sent } = setUp({ maxClaims: 8, maxInFlight: 1 })
    submitAll(confirm('c0', 6), confirm('c1', 6), confirm('c2', 6), reserve('r0', 6), reserve('r1', 6))
    await finish()
    expect(sent()).toEqual([['confirm c0'], ['reserve r0'], ['confirm c1'], ['reserve r1'], ['confirm c2']])
  })
})

describe('commands of one id', () => {
  test('wait while it is in flight, and let others pass', async () => {
    const { scheduler, store, submitAll, sent } = setUp()
    submitAll(reserve('a'))
    await scheduler.turns()
    submitAll(confirm('a'), confirm('b'), reserve('a'), reserve('c'))
    await scheduler.turns()
    expect(sent()).toEqual([['reserve a'], ['confirm b', 'reserve c']])
    store.open[1]?.answer()
    await scheduler.turns()
    expect(sent()).toHaveLength(2)
    store.only.answer()
    await scheduler.turns()
    expect(sent()[2]).toEqual(['confirm a', 'reserve a'])
  })

  test('twice in one batch is the store’s to answer', async () => {
    const { submitAll, finish, sent, told } = setUp()
    submitAll(reserve('a'), reserve('b'), reserve('a'))
    await finish()
    expect(sent()).toEqual([['reserve a', 'reserve b', 'reserve a']])
    expect(told).toHaveLength(3)
  })

  test('are not overtaken in the queue by the lane that goes first', async () => {
    const { submitAll, finish, sent } = setUp()
    submitAll(reserve('a'), release('a'), release('b'))
    await finish()
    expect(sent()).toEqual([['release b', 'reserve a'], ['release a']])
  })

  test('a third one does not pass a second that is held back', async () => {
    const { submitAll, finish, sent } = setUp()
    submitAll(reserve('a'), confirm('a'), reserve('a'), release('a'))
    await finish()
    expect(sent()).toEqual([['reserve a'], ['confirm a', 'reserve a'], ['release a']])
  })

  test('movements keep their order likewise', async () => {
    const { scheduler, submitAll, finish, sent } = setUp()
    submitAll(supply('m'))
    await scheduler.turns()
    submitAll(supply('m'), supply('n'))
    await finish()
    expect(sent()).toEqual([['supply m'], ['supply n'], ['supply m']])
  })

  test('one that gave up in the queue leaves the order of the others as it was', async () => {
    const { scheduler, store, submit, submitAll, sent, told } = setUp()
    submitAll(reserve('a'))
    await scheduler.turns()
    void submit(confirm('a'), { deadlineMs: 20 })
    submitAll(release('a'))
    await scheduler.advance(30)
    submitAll(reserve('a'))
    await scheduler.turns()
    expect(sent()).toEqual([['reserve a']])
    expect(told).toEqual(['confirm a: not-sent'])
    store.only.answer()
    await scheduler.turns()
    expect(sent()[1]).toEqual(['release a', 'reserve a'])
  })

  test('the last one giving up while its id is in flight does not let a newcomer through', async () => {
    const { scheduler, submit, submitAll, sent } = setUp()
    submitAll(reserve('a'))
    await scheduler.turns()
    void submit(confirm('a'), { deadlineMs: 20 })
    await scheduler.advance(30)
    submitAll(release('a'))
    await scheduler.turns()
    expect(sent()).toEqual([['reserve a']])
  })

  test('a later one that is refused alone does not let the next pass the earlier one', async () => {
    const { scheduler, store, submitAll, sent } = setUp()
    submitAll(reserve('a'), reserve('a'), reserve('b'))
    await scheduler.turns()
    submitAll(confirm('a'))
    store.only.fail(new HoldfastError('row-rejected', 'bad row', { commandIndex: 1 }))
    await scheduler.turns()
    submitAll(release('a'))
    await scheduler.turns()
    expect(sent().slice(1)).toEqual([['reserve a', 'reserve b']])
    store.only.answer()
    await scheduler.turns()
    expect(sent()[2]).toEqual(['confirm a', 'release a'])
  })
})
