import { MemoryStore } from '@holdfast/core'
import type { AccountKey, Command, ReservationStore } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { RedisStore } from '../src/index.js'
import { newKeys } from './redis-servers.js'

// Whatever characters ids have and wherever quantities end: the scripts answer and keep what the store in memory does.

const MOST = Number.MAX_SAFE_INTEGER
const START = Date.UTC(2026, 5, 1, 10)

const UUID = '018fa1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b'
/** Alike to whoever folds, parses or packs them. */
const LIKE_A_UUID = [
  ...[UUID, UUID.toUpperCase(), UUID.replaceAll('-', ''), `{${UUID}}`, `${UUID}x`, UUID.slice(1)],
  Buffer.from(UUID.replaceAll('-', ''), 'hex').toString('latin1'),
]

/** What an id may not do: end a key's tag, begin another field, be cut off, be taken for a number. */
const PIECES = [
  '{',
  '}',
  ':',
  '/',
  '\0',
  '\n',
  '"',
  '%',
  '#',
  '-',
  '1',
  'e9',
  'a',
  'é',
  '漢',
  '😀',
  ' ',
  '\u2028',
  '\ufffd',
]
const ids = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join('')),
  fc.constantFrom(...LIKE_A_UUID),
  // As long as an id may be, in one and in four bytes a character.
  fc.constantFrom('x'.repeat(128), '😀'.repeat(64), '漢'.repeat(128), '\0'.repeat(128)),
  fc.constantFrom(
    '{main}',
    '{main}:meta',
    'holdfast:{main}:due',
    'epoch',
    'nil',
    'null',
    '0',
    '-1',
    '1e9',
    'NaN',
  ),
)

const QUANTITIES = [1, 2, 3, 1_000, 999_999_999, 1_000_000_000]
const DELTAS = [0, 1, -1, 1_000_000_000, -1_000_000_000, 2 ** 32, 2 ** 53 - 2, MOST, -MOST]

/** Few of each in one history, so that commands meet. */
const histories = fc
  .record({
    ids: fc.uniqueArray(ids, { minLength: 2, maxLength: 3 }),
    skus: fc.uniqueArray(ids, { minLength: 1, maxLength: 2 }),
    pools: fc.uniqueArray(ids, { minLength: 1, maxLength: 2 }),
    users: fc.uniqueArray(ids, { minLength: 1, maxLength: 2 }),
  })
  .chain((named) => {
    const accounts = named.skus.flatMap((sku) => named.pools.map((pool) => ({ sku, pool })))
    return fc.record({
      ...{ accounts: fc.constant(accounts), ids: fc.constant(named.ids), users: fc.constant(named.users) },
      batches: fc.array(fc.array(commandOf(named, accounts), { minLength: 1, maxLength: 6 }), {
        minLength: 2,
        maxLength: 6,
      }),
    })
  })

function commandOf(
  named: { readonly ids: readonly string[]; readonly users: readonly string[] },
  accounts: readonly AccountKey[],
): fc.Arbitrary<Command> {
  const id = fc.constantFrom(...named.ids)
  const account = fc.constantFrom(...accounts)
  const quantity = fc.constantFrom(...QUANTITIES)
  const user = fc.constantFrom(...named.users)
  const pairs = accounts.flatMap((from) =>
    accounts.flatMap((to) => (from.sku === to.sku && from.pool !== to.pool ? [{ from, to }] : [])),
  )
  const of = (one: fc.Arbitrary<object>) => one as fc.Arbitrary<Command>
  return fc.oneof(
    { weight: 4, arbitrary: of(reserves(id, user, accounts, quantity)) },
    {
      weight: 3,
      arbitrary: of(
        fc.record({
          ...{ kind: fc.constant('supply'), movement: id, account, cause: id },
          delta: fc.constantFrom(...DELTAS),
        }),
      ),
    },
    ...(pairs.length === 0
      ? []
      : [
          of(
            fc
              .tuple(id, fc.constantFrom(...pairs), quantity)
              .map(([movement, pair, moved]) => ({ kind: 'transfer', movement, ...pair, quantity: moved })),
          ),
        ]),
    of(
      fc.record({
        ...{ kind: fc.constant('configure'), account, version: fc.constantFrom(1, 2, MOST) },
        ...{ opensAt: fc.constant(null), closesAt: fc.constant(null) },
        backorderLimit: fc.constantFrom(0, 1, 1_000_000_000, MOST),
      }),
    ),
    of(fc.record({ kind: fc.constant('confirm'), id, home: user, payment: id, retake: fc.constant(null) })),
    of(
      fc.record({
        ...{ kind: fc.constant('release'), id, home: user, reason: fc.option(id) },
        cause: fc.constantFrom('buyer', 'seller', 'rollback'),
      }),
    ),
    of(
      fc.tuple(id, user, account, quantity).map(([one, home, from, kept]) => ({
        ...{ kind: 'shrink', id: one, home },
        keep: [{ account: from, quantity: kept }],
      })),
    ),
    of(
      fc.record({
        kind: fc.constant('extend'),
        id,
        home: user,
        holdMs: fc.constantFrom(1, 60_000, 86_400_000),
      }),
    ),
    of(
      fc
        .tuple(id, user, id, account, quantity, fc.boolean())
        .map(([one, home, movement, from, back, restock]) => ({
          ...{ kind: 'return', id: one, home, movement, restock, giveBackUses: restock },
          units: [{ account: from, quantity: back }],
        })),
    ),
    of(fc.record({ kind: fc.constant('sweep'), limit: fc.constantFrom(1, 100) })),
    of(fc.record({ kind: fc.constant('fill'), account, limit: fc.constantFrom(1, 100) })),
  )
}

function reserves(
  id: fc.Arbitrary<string>,
  user: fc.Arbitrary<string>,
  accounts: readonly AccountKey[],
  quantity: fc.Arbitrary<number>,
) {
  const wanted = fc.subarray([...accounts].sort(byName), { minLength: 1 })
  return fc
    .record({
      id,
      user,
      wanted,
      quantity,
      max: fc.constantFrom(1, 1_000_000_000, MOST),
      backorder: fc.boolean(),
    })
    .map(({ id: one, user: buyer, wanted: some, quantity: each, max, backorder }) => ({
      ...{ kind: 'reserve', id: one, home: buyer, refuse: null, risk: null, stock: 'take', rows: null },
      claims: {
        fingerprint: { buyer, lines: String(each) },
        units: some.map((account) => ({ account, quantity: each })),
        uses: [{ counter: `limit/one/shop/${nameOf(buyer)}`, prior: [], max, lines: [0], from: 0, to: null }],
        backorder,
      },
      guards: [{ name: `unpaid/shop/${nameOf(buyer)}`, prior: [] }],
      ...{ notAfter: START + 86_400_000, holdMs: 60_000, maxHoldMs: 3_600_000, data: one },
    }))
}

/** The last part of a name has no `/`, as core makes it. */
function nameOf(text: string): string {
  return Buffer.from(text).toString('hex').slice(0, 100)
}

function byName(one: AccountKey, other: AccountKey): number {
  if (one.sku !== other.sku) return one.sku < other.sku ? -1 : 1
  return one.pool < other.pool ? -1 : 1
}

const keys = await newKeys('redis')
describe.skipIf(keys === null)('Redis and memory', () => {
  if (keys === null) return
  afterAll(() => keys.drop())
  const redis = keys.connect()
  let stores = 0

  it('answer alike, command for command, and keep the same', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ accounts, ids: known, users, batches }) => {
        let time = START
        const clock = { now: () => time }
        const memory = new MemoryStore({ clock })
        const keyPrefix = `${keys.prefix}${stores++}:`
        const onRedis = new RedisStore(redis as never, { keyPrefix, clock: { kind: 'virtual', ...clock } })
        await onRedis.create()
        for (const batch of batches) {
          time += 40_000
          const [one, other] = await Promise.all([memory, onRedis].map((store) => outcomesOf(store, batch)))
          expect(other).toEqual(one)
        }
        const asked = {
          ...{ kind: 'keys' as const, accounts, reservations: known, strikes: [] },
          counters: users.map((user) => `limit/one/shop/${nameOf(user)}`),
          guards: users.map((user) => `unpaid/shop/${nameOf(user)}`),
        } as const
        const [ofMemory, ofRedis] = await Promise.all(
          [memory, onRedis].map(async (store) => {
            const page = await store.read('main', asked)
            // A counter without uses is kept by one, and not by the other.
            return { ...page, counters: page.counters.filter(({ used }) => used > 0) }
          }),
        )
        expect(ofRedis).toEqual(ofMemory)
      }),
      { numRuns: 300 },
    )
  }, 120_000)
})

async function outcomesOf(store: ReservationStore, batch: readonly Command[]) {
  const applied = await store.apply('main', null, batch)
  if (applied.kind === 'fenced') throw new Error('fenced')
  return { now: applied.now, outcomes: applied.outcomes }
}
