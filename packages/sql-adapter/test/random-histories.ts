import type {
  AccountKey,
  Claims,
  Command,
  Correction,
  LimitUse,
  OrderCommand,
  ReleaseCause,
  Units,
} from '@holdfast/core/adapter'
import * as fc from 'fast-check'

// Histories of few ids, buyers and accounts, so that commands meet each other often. Names are of every kind.

export type Step =
  | { readonly kind: 'apply'; readonly commands: readonly Command[] }
  | { readonly kind: 'orders'; readonly commands: readonly OrderCommand[] }
  | { readonly kind: 'take-queued'; readonly limit: number; readonly leaseMs: number }
  | { readonly kind: 'wait'; readonly ms: number }

export const ACCOUNTS: readonly AccountKey[] = [
  { sku: 'PHONE', pool: 'default' },
  { sku: 'PHONE', pool: 'north' },
  { sku: 'phone ', pool: 'default' },
  { sku: '\u{1F4F1}\0', pool: 'default' },
]
export const IDS = ['one', 'ONE', 'one ', '\0', 'three\0', '\u{1F600}', '\uFFFD', 'seven', 'eight/8', 'n9']
const BUYERS = ['ada', 'Ada', 'bob']

const account = fc.constantFrom(...ACCOUNTS)
const id = fc.constantFrom(...IDS)
const buyer = fc.constantFrom(...BUYERS)
const quantity = fc.integer({ min: 1, max: 4 })
const home = fc.constant('home')
const NONE = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }

const units: fc.Arbitrary<readonly Units[]> = fc
  .uniqueArray(fc.record({ account, quantity }), {
    minLength: 1,
    maxLength: 2,
    selector: (one) => JSON.stringify(one.account),
  })
  .map((list) =>
    [...list].sort((one, other) => ACCOUNTS.indexOf(one.account) - ACCOUNTS.indexOf(other.account)),
  )

const claims: fc.Arbitrary<Claims> = fc
  .record({ units, buyer, backorder: fc.boolean(), counted: fc.integer({ min: 0, max: 2 }) })
  .map(({ units, buyer, backorder, counted }) => ({
    fingerprint: { buyer, lines: JSON.stringify(units) },
    units,
    uses: limitUses(buyer, units.length).slice(0, counted),
    backorder,
  }))

function limitUses(buyer: string, lines: number): readonly LimitUse[] {
  const all = Array.from({ length: lines }, (_, index) => index)
  const use = { prior: [], from: 0, to: null }
  return [
    { ...use, counter: `limit/all/shop/${buyer}`, max: 9, lines: all },
    { ...use, counter: `limit/first/${buyer}`, prior: [`limit/first/older ${buyer}`], max: 5, lines: [0] },
  ]
}

const reserve: fc.Arbitrary<Command> = fc
  .record({
    id,
    claims,
    hasGuard: fc.boolean(),
    hasRisk: fc.boolean(),
    stock: fc.constantFrom('take', 'take', 'defer'),
    isLate: fc.integer({ min: 0, max: 15 }),
    refuse: fc.constantFrom(null, null, null, null, {
      kind: 'pool-not-served',
      region: 'west',
      served: ['north'],
    } as const),
    holdMs: fc.constantFrom(1, 50, 400, 1_000),
    data: fc.constantFrom(null, 'data', '\0"\u{1F600}'),
  })
  .map(({ id, claims, hasGuard, hasRisk, stock, isLate, refuse, holdMs, data }) => {
    const buyer = claims.fingerprint.buyer
    return {
      kind: 'reserve',
      id,
      home: 'home',
      claims,
      refuse,
      guards: hasGuard ? [{ name: `unpaid/shop/${buyer}`, prior: [`unpaid/shop/older ${buyer}`] }] : [],
      risk: hasRisk
        ? { strikes: `strikes/${buyer}`, prior: [], strikeMs: 600, deferAt: 2, refuseAt: 4 }
        : null,
      stock: stock as 'take' | 'defer',
      notAfter: isLate === 0 ? 0 : Number.MAX_SAFE_INTEGER,
      holdMs,
      maxHoldMs: 1_500,
      data,
      rows: null,
    }
  })

const settling: readonly fc.Arbitrary<Command>[] = [
  fc.record({ kind: fc.constant('extend' as const), id, home, holdMs: fc.constantFrom(10, 300, 2_000) }),
  fc.record({ kind: fc.constant('shrink' as const), id, home, keep: units }),
  fc
    .record({ id, payment: fc.constantFrom('p1', 'p2'), claims, hasRetake: fc.boolean() })
    .map(({ id, payment, claims, hasRetake }) => ({
      kind: 'confirm',
      id,
      home: 'home',
      payment,
      retake: hasRetake ? { ...claims, until: 1_000_000 } : null,
    })),
  fc.record({
    kind: fc.constant('release' as const),
    id,
    home,
    cause: fc.constantFrom<ReleaseCause[]>('buyer', 'seller', 'rollback'),
    reason: fc.constantFrom(null, 'changed my mind', '\0'),
  }),
  fc.record({
    kind: fc.constant('return' as const),
    id,
    home,
    movement: fc.constantFrom('back 1', 'back 2'),
    units,
    restock: fc.boolean(),
    giveBackUses: fc.boolean(),
  }),
]

const stocking: readonly fc.Arbitrary<Command>[] = [
  fc.record({
    kind: fc.constant('supply' as const),
    movement: fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5', '\0'),
    account,
    delta: fc.integer({ min: -3, max: 8 }),
    cause: fc.constantFrom('restock', 'adjustment'),
  }),
  fc
    .record({
      from: account,
      pool: fc.constantFrom('default', 'north'),
      movement: fc.constantFrom('t1', 't2', 't3'),
      quantity,
    })
    .filter(({ from, pool }) => from.pool !== pool)
    .map(({ from, pool, movement, quantity }) => ({
      kind: 'transfer',
      movement,
      from,
      to: { sku: from.sku, pool },
      quantity,
    })),
  fc.record({
    kind: fc.constant('configure' as const),
    account,
    version: fc.integer({ min: 1, max: 4 }),
    opensAt: fc.constantFrom(null, null, 200),
    closesAt: fc.constantFrom(null, null, null, 1_500),
    backorderLimit: fc.constantFrom(0, 5, 100),
  }),
  fc.record({
    kind: fc.constant('judge' as const),
    home,
    strikes: buyer.map((name) => `strikes/${name}`),
    prior: fc.constant([]),
    tag: fc.constantFrom(undefined, null, { effect: 'defer-stock', until: 900 } as const),
    forgive: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('fill' as const), account, limit: fc.integer({ min: 1, max: 3 }) }),
]

const change = fc.constantFrom(0, 0, 0, 1, -1)
const correction: fc.Arbitrary<Correction> = fc.oneof(
  fc.record({
    of: fc.constant('account' as const),
    account,
    // Raised alone: were they lowered, what follows would go below zero.
    counters: fc
      .constantFrom('available', 'reserved', 'sold', 'backordered')
      .map((figure) => ({ ...NONE, [figure]: 1, supplied: Number(figure !== 'backordered') })),
    archived: change,
    ledger: fc.record({
      ...{ available: change, reserved: change, sold: change, backordered: change, supplied: change },
    }),
  }),
  fc.record({
    of: fc.constant('counter' as const),
    counter: buyer.map((name) => `limit/all/shop/${name}`),
    used: fc.constant(1),
  }),
  fc.record({
    of: fc.constant('guard' as const),
    guard: buyer.map((name) => `unpaid/shop/${name}`),
    found: fc.option(id),
    order: fc.option(id),
  }),
)

const correct: fc.Arbitrary<Command> = fc
  .record({ number: fc.integer({ min: 0, max: 5 }), correction, isLate: fc.integer({ min: 0, max: 9 }) })
  .map(({ number, correction, isLate }) => ({
    kind: 'correct',
    id: `reconciled/it/${number}`,
    home: 'home',
    correction,
    notAfter: isLate === 0 ? 0 : Number.MAX_SAFE_INTEGER,
  }))

const sweep: fc.Arbitrary<Command> = fc.record({
  kind: fc.constant('sweep' as const),
  limit: fc.integer({ min: 1, max: 4 }),
})

const command = fc.oneof(
  { weight: 6, arbitrary: reserve },
  ...settling.map((arbitrary) => ({ weight: 2, arbitrary })),
  ...stocking.map((arbitrary) => ({ weight: 1, arbitrary })),
  { weight: 2, arbitrary: sweep },
  { weight: 1, arbitrary: correct },
)

const orderCommand: fc.Arbitrary<OrderCommand> = fc.oneof(
  fc.record({ id, claims }).map(({ id, claims }) => ({
    kind: 'submit' as const,
    id,
    home: 'home',
    fingerprint: claims.fingerprint,
    lines: claims.units.map(({ account, quantity }) => ({ ...account, quantity, owed: 0, returned: 0 })),
    data: null,
    request: JSON.stringify({ id }),
  })),
  fc.record({ kind: fc.constant('reject' as const), id, refusal: fc.constant({ kind: 'late' } as const) }),
  fc.record({ kind: fc.constant('refund' as const), id, refund: fc.constantFrom('r1', 'r2') }),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('apply' as const),
      commands: fc.array(command, { minLength: 1, maxLength: 8 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('orders' as const),
      commands: fc.array(orderCommand, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('take-queued' as const),
      limit: fc.integer({ min: 1, max: 2 }),
      leaseMs: fc.constantFrom(20, 500),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 49, 50, 300, 700) }),
  },
)

/** Accounts with stock at their beginning, then anything. */
export const history: fc.Arbitrary<readonly Step[]> = fc
  .array(step, { minLength: 5, maxLength: 30, size: 'max' })
  .map((steps) => [{ kind: 'apply', commands: opening() }, ...steps])

function opening(): readonly Command[] {
  return ACCOUNTS.slice(0, 3).flatMap((account): readonly Command[] => [
    { kind: 'supply', movement: 'opening', account, delta: 6, cause: 'restock' },
    { kind: 'configure', account, version: 1, opensAt: null, closesAt: null, backorderLimit: 5 },
  ])
}
