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
const USERS = ['ada', 'bob', 'cleo', 'dan', 'eve', 'fay', 'gus']

interface Wish {
  readonly id: number
  readonly user: string
  readonly skus: readonly (0 | 1)[]
  readonly quantity: number
  readonly holdMs: number
  readonly isLate: boolean
  readonly backorder: boolean
}

const wishes: fc.Arbitrary<Wish> = fc.record({
  id: fc.nat(40),
  user: fc.constantFrom(...USERS),
  skus: fc.constantFrom([0], [0], [1], [0, 1]) as fc.Arbitrary<readonly (0 | 1)[]>,
  quantity: fc.integer({ min: 1, max: 3 }),
  holdMs: fc.constantFrom(MINUTE, 20 * MINUTE),
  isLate: fc.boolean(),
  backorder: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
})

function reserve({ id, user, skus, quantity, holdMs, isLate, backorder }: Wish, now: number): Command {
  return {
    ...{
      kind: 'reserve',
      id: `order ${id}`,
      home: user,
      refuse: null,
      risk: null,
      stock: 'take',
      rows: null,
    },
    claims: {
      fingerprint: { buyer: user, lines: `${skus} ${quantity}` },
      units: skus.map((sku) => ({ account: ACCOUNTS[sku] as (typeof ACCOUNTS)[number], quantity })),
      uses: [{ counter: `limit/four/shop/${user}`, prior: [], max: 4, lines: [0], from: 0, to: null }],
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

const opening: readonly Command[] = ACCOUNTS.map((account) => ({
  ...{ kind: 'supply', movement: 'delivery', account, delta: 12, cause: 'restock' },
}))

const keys = await newKeys('redis')
describe.skipIf(keys === null)('few reserves in a batch', () => {
  if (keys === null) return
  afterAll(() => keys.drop())
  const redis = keys.connect()
  let stores = 0

  it('are decided, kept and told as in memory', async () => {
    const histories = fc.array(fc.array(wishes, { minLength: 1, maxLength: 5 }), {
      minLength: 3,
      maxLength: 9,
    })
    await fc.assert(
      fc.asyncProperty(histories, async (batches) => {
        let time = START
        const clock = { now: () => time }
        const keyPrefix = `${keys.prefix}${stores++}:`
        const onRedis = new RedisStore(redis as never, { keyPrefix, clock: { kind: 'virtual', ...clock } })
        await onRedis.create()
        const both = [new MemoryStore({ clock }), onRedis]
        for (const batch of [opening, ...batches]) {
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
      { numRuns: 200 },
    )
  }, 120_000)
})

function outcomesIn(applied: Awaited<ReturnType<ReservationStore['apply']>> | undefined) {
  return applied?.kind === 'applied' ? applied.outcomes : applied
}

async function contentsOf(store: ReservationStore) {
  const asked = {
    ...{ kind: 'keys' as const, accounts: ACCOUNTS, strikes: [] },
    reservations: Array.from({ length: 41 }, (_, id) => `order ${id}`),
    counters: USERS.map((user) => `limit/four/shop/${user}`),
    guards: USERS.flatMap((user) => ['0', '1', '0,1'].map((skus) => `unpaid/sku:${skus}/${user}`)),
  }
  const { accounts, reservations, counters, guards } = await store.read('main', asked)
  const list = { kind: 'list', of: 'events', limit: 1_000, cursor: null } as const
  const { events } = await store.read('main', list)
  return {
    ...{ accounts, reservations },
    guards: [...guards].sort((one, other) => (one.name < other.name ? -1 : 1)),
    // A counter without uses is kept by one, and not by the other.
    counters: counters.filter(({ used }) => used > 0),
    events: events.map(({ event }) => event),
  }
}
