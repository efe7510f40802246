import { MemoryStore } from '@holdfast/core'
import { type Command, homeAt, type PiecedStep, type ReservationStore } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { RedisStore } from '../src/index.js'
import { newKeys } from './redis-servers.js'

// Orders whose claims lie in several partitions, at their home: the same steps on the store in memory and on Redis are
// answered alike, and tell alike.

const HOME = homeAt({ partition: 'p000', pieced: true }, 'buyer')
const SHIRT = { sku: 'shirt', pool: 'default' }
const MUG = { sku: 'mug', pool: 'default' }
const FINGERPRINT = { buyer: 'buyer', lines: 'lines' }
const at = { id: 'order', home: HOME } as const
const lines = [
  { account: SHIRT, quantity: 2, owed: 1, returned: 0 },
  { account: MUG, quantity: 1, owed: 0, returned: 0 },
]
const uses = [
  { counter: 'limit/one/shop/buyer', prior: ['limit/one/shop/old'], quantity: 3, max: 5, lines: [0, 1] },
]
const risk = { strikes: 'strikes/buyer', prior: [], strikeMs: 1_000, deferAt: null, refuseAt: null }

const tokens = fc.constantFrom('one', 'two')
const attempts = fc
  .record({ token: tokens, plan: fc.constantFrom('plan', 'other') })
  .map(({ token, plan }) => ({
    token,
    plan,
    pieces: [
      { id: `${token}/0`, partition: 'p001', lines: null },
      { id: `${token}/1`, partition: 'p002', lines: [0, 1] },
    ],
  }))
const versions = fc.integer({ min: 1, max: 4 })
const short = { kind: 'insufficient-stock', short: [{ account: MUG, requested: 1, available: 0 }] } as const
const limited = {
  kind: 'purchase-limit',
  use: 0,
  counter: 'limit/one/shop/buyer',
  max: Number.MAX_SAFE_INTEGER,
  used: 4,
  requested: 3,
} as const
const confirms = fc
  .constantFrom('pi-1', 'pi-2')
  .map((payment) => ({ kind: 'confirm', ...at, payment, retake: null }) as const)
const settling: fc.Arbitrary<Extract<PiecedStep, { kind: 'settle' }>['command']> = fc.oneof(
  confirms,
  fc
    .constantFrom('buyer' as const, 'seller' as const, 'rollback' as const)
    .map((cause) => ({ kind: 'release', ...at, cause, reason: null }) as const),
  fc.constantFrom(60_000, 300_000).map((holdMs) => ({ kind: 'extend', ...at, holdMs }) as const),
  fc
    .constantFrom(0, 1, 2)
    .map((quantity) => ({ kind: 'shrink', ...at, keep: [{ account: SHIRT, quantity }] }) as const),
  fc
    .record({ movement: fc.constantFrom('m1', 'm2'), giveBackUses: fc.boolean() })
    .map(
      (one) =>
        ({ kind: 'return', ...at, ...one, units: [{ account: SHIRT, quantity: 1 }], restock: true }) as const,
    ),
)

const steps: fc.Arbitrary<PiecedStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('begin' as const),
      attempt: attempts,
      fingerprint: fc.constantFrom(FINGERPRINT, FINGERPRINT, { buyer: 'another', lines: 'lines' }),
      refuse: fc.option(fc.constant({ kind: 'pool-not-served', region: null, served: [] } as const), {
        freq: 9,
      }),
      notAfter: fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 0),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('admit' as const),
      token: tokens,
      grant: fc.record({
        stock: fc.constantFrom('taken' as const, 'taken' as const, 'deferred' as const),
        fingerprint: fc.constant(FINGERPRINT),
        lines: fc.constant(lines),
        uses: fc.constant(uses),
        guards: fc.constant(['unpaid/shop/buyer']),
        risk: fc.constantFrom(null, risk),
        backorder: fc.boolean(),
        holdMs: fc.constant(60_000),
        maxHoldMs: fc.constant(200_000),
        data: fc.constantFrom(null, '{"gift":true}'),
      }),
    }),
  },
  fc.record({
    kind: fc.constant('abort' as const),
    token: tokens,
    refusal: fc.constantFrom(null, limited, short),
  }),
  fc.constant({ kind: 'look' } as const),
  { weight: 5, arbitrary: settling.map((command) => ({ kind: 'settle', command }) as const) },
  fc.record({ kind: fc.constant('take' as const), attempt: attempts }),
  {
    weight: 2,
    arbitrary: fc
      .record({ token: tokens, version: versions, command: confirms })
      .map((one) => ({ kind: 'paid', ...one, lines }) as const),
  },
  fc
    .record({ token: tokens, version: versions, command: confirms, why: fc.constantFrom(short, limited) })
    .map((one) => ({ kind: 'unpaid', ...one }) as const),
  fc
    .record({ version: versions, strays: fc.subarray(['one/0', 'one/1', 'two/0', 'two/1']) })
    .map((one) => ({ kind: 'followed', ...one }) as const),
  fc
    .constantFrom('one/1', 'two/1')
    .map((piece) => ({ kind: 'filled', piece, account: SHIRT, owedLeft: 0 }) as const),
  versions.map((version) => ({ kind: 'told', version }) as const),
)

const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 9, arbitrary: steps.map((step) => ({ kind: 'pieced', ...at, step }) as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'sweep', limit: 5 } as const) },
  // By who does not know its home.
  { weight: 1, arbitrary: confirms.map((one) => ({ ...one, home: one.id })) },
)
const histories = fc.array(
  fc.record({ pass: fc.constantFrom(0, 0, 0, 1, 20_000, 60_000), command: commands }),
  {
    minLength: 1,
    maxLength: 30,
  },
)

const keys = await newKeys('redis')

describe.skipIf(keys === null)('orders in pieces at their home', () => {
  if (keys === null) return
  afterAll(() => keys.drop())
  const redis = keys.connect()
  let stores = 0

  it('are decided as in memory, step by step', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        let time = Date.UTC(2024, 0, 1)
        const clock = { kind: 'virtual', now: () => time } as const
        const memory = new MemoryStore({ clock, partitions: 1 })
        const store = new RedisStore(redis, { clock, partitions: 1, keyPrefix: `${keys.prefix}${stores++}:` })
        await store.create()
        for (const { pass, command } of history) {
          time += pass
          const [expected, found] = await Promise.all([applied(memory, command), applied(store, command)])
          expect(found).toEqual(expected)
        }
        expect(await told(store)).toEqual(await told(memory))
      }),
      { numRuns: 60 },
    )
  })
})

async function applied(store: ReservationStore, command: Command): Promise<unknown> {
  const reply = await store.apply('p000', null, [command])
  return reply.kind === 'applied' ? JSON.parse(JSON.stringify(reply.outcomes)) : reply
}

/** What happened and what stands; events but for their epochs. */
async function told(store: ReservationStore): Promise<unknown> {
  const list = (of: 'events' | 'ledger' | 'reservations' | 'counters' | 'guards' | 'strikes') =>
    store.read('p000', { kind: 'list', of, cursor: null, limit: 1_000 })
  const events = (await list('events')).events.map(({ event }) => event)
  const { ledger } = await list('ledger')
  const { reservations } = await list('reservations')
  return JSON.parse(JSON.stringify({ events, ledger, reservations }))
}
