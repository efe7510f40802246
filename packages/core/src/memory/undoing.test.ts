import { describe, expect, test } from 'vitest'
import { handStore } from '../../test/memory.js'
import type { CompensationCommand } from '../machines/compensation/types.js'

function require(order: string): CompensationCommand {
  return { kind: 'require', order, home: 'home', reason: 'no van', execution: order }
}
function step(order: string): CompensationCommand {
  return { kind: 'step', order, execution: order, step: 'order-rolled-back' }
}
function fail(order: string, budget = 5): CompensationCommand {
  return { kind: 'fail', order, execution: order, error: 'boom', budget, retryAfterMs: 500 }
}

async function undoing(...orders: string[]) {
  const shop = handStore()
  for (const order of orders) await shop.store.applyToCompensation(require(order))
  const taken = async (limit = 9) =>
    (await shop.store.takeCompensations(limit, 1_000)).map(({ order }) => order)
  return { ...shop, taken }
}

describe('compensations that are due', () => {
  test('are taken oldest first, at most so many, each by one worker', async () => {
    const { taken } = await undoing('b', 'a', 'c')
    expect([await taken(2), await taken(2), await taken(2)]).toEqual([['b', 'a'], ['c'], []])
  })

  test('are given to another worker once their lease has ended', async () => {
    const { taken, clock } = await undoing('a')
    await taken()
    clock.time += 999
    expect(await taken()).toEqual([])
    clock.time += 1
    expect(await taken()).toEqual(['a'])
  })

  test('are free again once something was done', async () => {
    const { store, taken } = await undoing('a')
    await taken()
    await store.applyToCompensation(step('a'))
    expect(await taken()).toEqual(['a'])
  })

  test('wait after a failure, and for an operator when their budget is spent', async () => {
    const { store, taken, clock } = await undoing('a')
    await store.applyToCompensation(fail('a'))
    expect(await taken()).toEqual([])
    clock.time += 500
    expect(await taken()).toEqual(['a'])
    expect((await store.applyToCompensation(fail('a', 2))).outcome).toEqual({ kind: 'parked' })
    clock.time += 99_000
    expect(await taken()).toEqual([])
    expect((await store.applyToCompensation({ kind: 'resume', order: 'a' })).outcome).toEqual({
      kind: 'resumed',
    })
    expect(await taken()).toEqual(['a'])
  })
})

test('each is read by its order, and listed by pages, all or those of one status', async () => {
  const { store } = await undoing('a', 'b', 'c')
  await store.applyToCompensation(fail('b', 1))
  expect(await store.readCompensation('b')).toMatchObject({ status: 'parked', lastError: 'boom' })
  expect(await store.readCompensation('x')).toBeNull()
  const all = []
  for (let cursor: string | null = null; ; ) {
    const page = await store.listCompensations({ cursor, limit: 2 })
    all.push(...page.compensations.map(({ order }) => order))
    if (page.cursor === null) break
    cursor = page.cursor
  }
  expect(all).toEqual(['a', 'b', 'c'])
  const parked = await store.listCompensations({ status: 'parked', cursor: null, limit: 2 })
  expect(parked).toMatchObject({ compensations: [{ order: 'b' }], cursor: null })
})

test('campaigns are kept, read and listed by pages', async () => {
  const { store, clock } = handStore()
  const items = [{ sku: 'A', pool: 'north', backorderLimit: 0 }]
  for (const id of ['x', 'y', 'z']) {
    const scheduled = await store.applyToCampaign({
      kind: 'schedule',
      id,
      opensAt: null,
      closesAt: null,
      items,
    })
    expect(scheduled).toMatchObject({
      now: 10_000,
      outcome: { kind: 'scheduled' },
      state: { status: 'scheduled' },
    })
  }
  clock.time += 5
  const opened = await store.applyToCampaign({ kind: 'open', id: 'y' })
  expect(opened).toMatchObject({ now: 10_005, outcome: { kind: 'opened' }, state: { opensAt: 10_005 } })
  expect(await store.readCampaign('y')).toMatchObject({ status: 'open' })
  expect(await store.readCampaign('unknown')).toBeNull()
  expect(await store.applyToCampaign({ kind: 'open', id: 'unknown' })).toMatchObject({
    outcome: { kind: 'unknown-id' },
    state: null,
  })
  const first = await store.listCampaigns({ cursor: null, limit: 2 })
  const rest = await store.listCampaigns({ cursor: first.cursor, limit: 2 })
  expect([...first.campaigns, ...rest.campaigns].map(({ id }) => id)).toEqual(['x', 'y', 'z'])
  expect(rest.cursor).toBeNull()
})
