import { MemoryStore } from '@holdfast/core'
import type { Command, ReservationStore } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { RedisStore } from '../src/index.js'
import { newKeys } from './redis-servers.js'

// Small batches of nothing but reserves go a way of their own: they are answered, kept and told as by the store in memory.

const START = Date.UTC(2026, 5, 1, 10)
const MINUTE = 60_000
const ACCOUNTS = ['mug', 'shirt'].map((sku) => ({ sku, pool: 'default' }))
const USERS = Array.from({ length: 20 }, (_, n) => `buyer ${n}`)

interface Wish {
  readonly id: number
  readonly user: string
  readonly skus: readonly (0 | 1)[]
  readonly quantity: number
  readonly holdMs: number
  readonly isLate: boolean
  /** Whether the limit counts in a window that ends within the history. */
  readonly isWindowed: boolean
  readonly backorder: boolean
}

const wishes: fc.Arbitrary<Wish> = fc.record({
  id: fc.nat(40),
  user: fc.constantFrom(...USERS),
  skus: fc.constantFrom([0], [0], [1], [0, 1]) as fc.Arbitrary<readonly (0 | 1)[]>,
  quantity: fc.integer({ min: 1, max: 3 }),
  holdMs: fc.constantFrom(MINUTE, 20 * MINUTE),
  isLate: fc.boolean(),
  isWindowed: fc.boolean(),
  backorder: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
})

/** Of few shapes, so that nearly all are decided by one that is kept. */
const alike: fc.Arbitrary<readonly Wish[]> = fc
  .record({ isWindowed: fc.boolean(), isLate: fc.boolean(), backorder: fc.boolean() })
  .chain((which) => {
    const wish = { skus: [0], quantity: 1, holdMs: 20 * MINUTE, ...which } as const
    const own = fc.record({ id: fc.nat(40), user: fc.constantFrom(...USERS) })
    return fc.array(own, { minLength: 1, maxLength: 4 }).map((all) => all.map((one) => ({ ...wish, ...one })))
  })

const WINDOW = { from: START, to: START + 30 * MINUTE }

/** UUIDs, which are kept in bytes, and other ids. */
function idOf(n: number): string {
  const digits = n.toString(16).padStart(12, '0')
  return n % 2 === 0 ? `0193708e-5c2a-7bbb-8def-${digits}` : `order ${n}`
}

function reserve(wish: Wish, now: number): Command {
  const { id, user, skus, quantity, holdMs, isLate, isWindowed, backorder } = wish
  const window = isWindowed ? WINDOW : { from: 0, to: null }
  const root = isWindowed ? 'limit/four/shop/today' : 'limit/four/shop'
  return {
    ...{
      kind: 'reserve',
      id: idOf(id),
      home: user,
      refuse: null,
      risk: null,
      stock: 'take',
      rows: null,
    },
    claims: {
      fingerprint: { buyer: user, lines: `${skus} ${quantity}` },
      units: skus.map((sku) => ({ account: ACCOUNTS[sku] as (typeof ACCOUNTS)[number], quantity })),
      uses: [{ counter: `${root}/${user}`, prior: [], max: 4, lines: [0], ...window }],
      backorder,
    },
    guards: [{ name: `unpaid/sku:${skus}/${user}`, prior: [] }],
    ...{
      notAfter: isLate && id % 7 === 0 ? now - 1 : now + MINUTE,
      holdMs,
      maxHoldMs: 30 * MINUTE,
      data: `of ${id}`,
    },
  }
}

function opening(units: number): readonly Command[] {
  return ACCOUNTS.flatMap((account) => [
    { kind: 'supply', movement: 'delivery', account, delta: units, cause: 'restock' },
    { kind: 'configure', version: 1, account, opensAt: null, closesAt: null, backorderLimit: 2 },
  ])
}

const keys = await newKeys('redis')
describe.skipIf(keys === null)('few reserves in a batch', () => {
  if (keys === null) return
  afterAll(() => keys.drop())
  const redis = keys.connect()
  let stores = 0

  it('are decided, kept and told as in memory', async () => {
    const any = fc.array(wishes, { minLength: 1, maxLength: 5 })
    const histories = fc.array(fc.oneof(any, alike), { minLength: 3, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(4, 14), histories, async (units, batches) => {
        let time = START
        const clock = { now: () => time }
        const keyPrefix = `${keys.prefix}${stores++}:`
        const onRedis = new RedisStore(redis as never, { keyPrefix, clock: { kind: 'virtual', ...clock } })
        await onRedis.create()
        const both = [new MemoryStore({ clock }), onRedis]
        for (const batch of [opening(units), ...batches]) {
          const commands = batch.map((one) => ('kind' in one ? one : reserve(one, time)))
          const [expected, found] = await Promise.all(
            both.map((store) => store.apply('main', null, commands)),
          )
          expect(outcomesIn(found)).toEqual(outcomesIn(expected))
          time += 7 * MINUTE
        }
        const [expected, found] = await Promise.all(both.map(contentsOf))
        expect(found).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  }, 120_000)

  it('keep counters exactly, however large they are', async () => {
    const keyPrefix = `${keys.prefix}${stores++}:`
    const clock = { kind: 'virtual', now: () => START } as const
    const both = [new MemoryStore({ clock }), new RedisStore(redis as never, { keyPrefix, clock })]
    await Promise.all(both.map((store) => 'create' in store && store.create()))
    const wish = { skus: [0], quantity: 1, holdMs: 20 * MINUTE, isLate: false, isWindowed: false } as const
    const orders = [2, 3].map((id) => ({ ...wish, id, user: USERS[id] as string, backorder: false }))
    // The second one is decided by the shape that the first one left.
    for (const commands of [opening(Number.MAX_SAFE_INTEGER), ...orders.map((one) => [reserve(one, START)])])
      await Promise.all(both.map((store) => store.apply('main', null, commands)))
    const [expected, found] = await Promise.all(both.map(contentsOf))
    expect(found).toEqual(expected)
    expect(found?.accounts[0]).toMatchObject({ available: Number.MAX_SAFE_INTEGER - 2, reserved: 2 })
  })
})

function outcomesIn(applied: Awaited<ReturnType<ReservationStore['apply']>> | undefined) {
  return applied?.kind === 'applied' ? applied.outcomes : applied
}

async function contentsOf(store: ReservationStore) {
  const asked = {
    ...{ kind: 'keys' as const, accounts: ACCOUNTS, strikes: [] },
    reservations: Array.from({ length: 41 }, (_, id) => idOf(id)),
    counters: USERS.flatMap((user) => [`limit/four/shop/${user}`, `limit/four/shop/today/${user}`]),
    guards: USERS.flatMap((user) => ['0', '1', '0,1'].map((skus) => `unpaid/sku:${skus}/${user}`)),
  }
  const { accounts, reservations, counters, guards } = await store.read('main', asked)
  const list = { kind: 'list', of: 'events', limit: 1_000, cursor: null } as const
  const { events } = await store.read('main', list)
  return {
    ...{ accounts, reservations },
    guards: [...guards].sort((one, other) => (one.name < other.name ? -1 : 1)),
    // A counter without uses is kept by one, and not by the other.
    counters: counters.filter(({ used }) => used > 0).sort((one, other) => (one.name < other.name ? -1 : 1)),
    events: events.map(({ event }) => event),
  }
}
