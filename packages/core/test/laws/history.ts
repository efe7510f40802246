import fc from 'fast-check'
import type { AccountKey } from '../../src/port/claims.js'
import type { Release, RiskEffect } from '../../src/port/commands.js'

// Random histories, as steps that name orders by position, so that they shrink well.

/** Accounts whose names are easily taken for each other. */
export const ACCOUNTS: readonly AccountKey[] = [
  { sku: 'A', pool: 'north' },
  { sku: 'A', pool: 'south' },
  { sku: 'a', pool: 'north' },
  { sku: 'A ', pool: 'north' },
]
export const UNKNOWN: AccountKey = { sku: 'A\0', pool: 'north' }
export const BUYERS = ['ada', 'bob', 'cy'] as const
export const PHONES = ['p1', 'p2'] as const
/** Width of the window of one of the limits, ms. */
export const WINDOW = 2_000
export const STRIKES_FOR = 4_000

export type Step =
  | { readonly do: 'reserve'; readonly order: OrderStep }
  /** A reserve made before comes again, as it was, of another buyer, or with other lines. */
  | { readonly do: 'again'; readonly pick: number; readonly as: 'same' | 'other buyer' | 'other lines' }
  | { readonly do: 'confirm'; readonly pick: number; readonly payment: number; readonly retake: boolean }
  | {
      readonly do: 'release'
      readonly pick: number
      readonly fresh: boolean
      readonly cause: Release['cause']
    }
  | { readonly do: 'extend'; readonly pick: number; readonly ms: number }
  | { readonly do: 'shrink'; readonly pick: number; readonly by: readonly number[] }
  | {
      readonly do: 'return'
      readonly pick: number
      readonly movement: number
      readonly quantities: readonly number[]
      readonly restock: boolean
      readonly uses: boolean
    }
  | { readonly do: 'supply'; readonly account: number; readonly movement: number; readonly delta: number }
  | {
      readonly do: 'transfer'
      readonly from: number
      readonly to: number
      readonly movement: number
      readonly quantity: number
    }
  | {
      readonly do: 'configure'
      readonly account: number
      readonly stale: boolean
      readonly limit: number
      readonly opens: number | null
      readonly closes: number | null
    }
  | {
      readonly do: 'judge'
      readonly phone: number
      readonly key: 0 | 1
      readonly effect: RiskEffect | null | undefined
      readonly forgive: boolean
    }
  | { readonly do: 'sweep'; readonly limit: number }
  | { readonly do: 'fill'; readonly account: number; readonly limit: number }

export interface OrderStep {
  readonly buyer: number
  readonly phone: number
  readonly lines: readonly (readonly [account: number, quantity: number])[]
  readonly limits: readonly ('user' | 'phone' | 'window')[]
  /** Under which of two hash keys its names are written; the other is the prior one. */
  readonly key: 0 | 1
  readonly shift: number
  readonly guards: readonly ('sku' | 'shop')[]
  readonly risky: boolean
  readonly defer: boolean
  readonly backorder: boolean
  readonly holdMs: number
  readonly longerMs: number
  /** Until when it may be granted, from when it comes, ms. */
  readonly inTimeMs: number
  readonly refused: boolean
}

const rarely = (weight: number) => fc.integer({ min: 0, max: weight }).map((n) => n === weight)
const account = fc.nat(ACCOUNTS.length)
const pick = fc.nat(1_000)
const quantities = fc.array(fc.nat(3), { minLength: 2, maxLength: 2 })

const order: fc.Arbitrary<OrderStep> = fc.record({
  buyer: fc.nat(BUYERS.length - 1),
  phone: fc.nat(PHONES.length - 1),
  lines: fc.array(fc.tuple(fc.nat(ACCOUNTS.length - 1), fc.integer({ min: 1, max: 4 })), {
    minLength: 1,
    maxLength: 2,
  }),
  limits: fc.subarray(['user', 'phone', 'window'] as const),
  key: fc.constantFrom(0, 1),
  shift: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 1),
  guards: fc.subarray(['sku', 'shop'] as const),
  risky: fc.boolean(),
  defer: rarely(5),
  backorder: fc.boolean(),
  holdMs: fc.constantFrom(500, 2_000, 6_000),
  longerMs: fc.constantFrom(0, 2_000),
  inTimeMs: fc.constantFrom(...Array.from({ length: 20 }, () => 5_000), 0, -1),
  refused: rarely(50),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 14, arbitrary: fc.record({ do: fc.constant('reserve' as const), order }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('again' as const),
      pick,
      as: fc.constantFrom('same', 'same', 'other buyer', 'other lines'),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('confirm' as const),
      pick,
      payment: fc.constantFrom(0, 0, 0, 1),
      retake: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('release' as const),
      pick,
      fresh: rarely(5),
      cause: fc.constantFrom('buyer', 'seller', 'rollback'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('extend' as const),
      pick,
      ms: fc.constantFrom(100, 2_000, 9_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('shrink' as const), pick, by: quantities }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('return' as const),
      pick,
      movement: fc.nat(30),
      quantities,
      restock: fc.boolean(),
      uses: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('supply' as const),
      account,
      movement: fc.nat(30),
      delta: fc.integer({ min: -3, max: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('transfer' as const),
      from: account,
      to: account,
      movement: fc.nat(30),
      quantity: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('configure' as const),
      account,
      stale: rarely(4),
      limit: fc.nat(6),
      opens: fc.constantFrom(null, null, null, -100, 500),
      closes: fc.constantFrom(null, null, null, null, null, 0, 3_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('judge' as const),
      phone: fc.nat(1),
      key: fc.constantFrom(0, 1),
      effect: fc.constantFrom('none', 'defer-stock', 'refuse', null, undefined),
      forgive: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('sweep' as const), limit: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      account,
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
)

/** Steps that go to the store in one batch, after a wait. */
export interface Batch {
  readonly waitMs: number
  readonly steps: readonly Step[]
}

/** How long a store in these histories remembers ended ids: now and then one waits longer. */
export const RETENTION = { minutes: 1 }
export const RETENTION_MS = 60_000

const moment = fc.record({
  // In the batch before it, or after a wait.
  waitMs: fc.constantFrom(null, null, null, null, 0, 0, 50, 200, 700, 2_500),
  // A counterexample is found among the steps that matter: all others shrink to none.
  step: fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 200, arbitrary: step },
  ),
  // Long enough for ended ids to be forgotten.
  long: rarely(60),
})

/** Histories of at least 50 commands. */
export function histories(options: { readonly lapses: boolean }): fc.Arbitrary<readonly Batch[]> {
  return fc.array(moment, { minLength: 60, maxLength: 140, size: 'max' }).map((moments) => {
    const batches: { waitMs: number; steps: Step[] }[] = []
    for (const { waitMs, step, long } of moments) {
      const wait = options.lapses && long ? RETENTION_MS + 10_000 : waitMs
      const last = batches.at(-1)
      if (wait === null && last !== undefined) last.steps.push(...(step === null ? [] : [step]))
      else batches.push({ waitMs: wait ?? 0, steps: step === null ? [] : [step] })
    }
    return batches
  })
}
