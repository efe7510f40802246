import type {
  AccountKey,
  Claims,
  Command,
  Confirm,
  Guard,
  LimitUse,
  Reserve,
  RiskGate,
  Units,
} from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import type { DeclaredCapabilities } from '../kit/options.js'
import { DAY, HOLD_MS, MAX_HOLD_MS, MINUTE, MUG, SHIRT, SHIRT_EU } from '../scenario/commands.js'

// Few names, so that commands meet. Times are relative to the moment when a command is sent (`at-time.ts`).

const ACCOUNTS: readonly AccountKey[] = [SHIRT, SHIRT_EU, MUG]
const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const FINGERPRINTS = ['one', 'one', 'one', 'one', 'two']

function oneOf<T>(...values: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...values)
}

interface Names {
  readonly accounts: readonly AccountKey[]
  readonly ids: readonly string[]
}

/** Any command that the store declares to understand. */
export function commandArbitrary(
  { partitions, backorder, returns }: Pick<DeclaredCapabilities, 'partitions' | 'backorder' | 'returns'>,
  ids: readonly string[] = IDS,
): fc.Arbitrary<Command> {
  const names: Names = { accounts: partitions === 'one' ? ACCOUNTS : [SHIRT], ids }
  const weighed = [
    { weight: 30, arbitrary: reserves(names, backorder) },
    { weight: 12, arbitrary: confirms(names, backorder) },
    { weight: 10, arbitrary: releases(names) },
    { weight: 5, arbitrary: extensions(names) },
    { weight: 6, arbitrary: shrinks(names) },
    { weight: 10, arbitrary: supplies(names) },
    { weight: 5, arbitrary: configurations(names, backorder) },
    { weight: 4, arbitrary: judgements() },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('sweep' as const), limit: oneOf(1, 2, 10) }) },
  ]
  if (returns) weighed.push({ weight: 6, arbitrary: returnsOf(names) })
  if (backorder) weighed.push({ weight: 6, arbitrary: fills(names) })
  if (names.accounts.length > 1) weighed.push({ weight: 3, arbitrary: transfers() })
  return fc.oneof(...(weighed as { weight: number; arbitrary: fc.Arbitrary<Command> }[]))
}

function idsOf({ ids }: Names): fc.Arbitrary<string> {
  return fc.constantFrom(...ids)
}

/** Distinct accounts in their own order, as core sorts them. */
function unitsOf({ accounts }: Names, most: number): fc.Arbitrary<readonly Units[]> {
  return fc
    .subarray([...accounts], { minLength: 1 })
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map((account) => fc.record({ account: fc.constant(account), quantity: oneTo(most) })),
      ),
    )
}

function oneTo(most: number): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: most })
}

function usesOf(lines: number): fc.Arbitrary<readonly LimitUse[]> {
  const indexes = Array.from({ length: lines }, (_, line) => line)
  const windows = oneOf(
    { from: -DAY, to: null },
    { from: -DAY, to: DAY },
    { from: 0, to: MINUTE },
    { from: MINUTE, to: DAY },
  )
  const counters = oneOf(
    { counter: 'user', prior: [] },
    { counter: 'user', prior: [] },
    { counter: 'phone 2', prior: ['phone 1'] },
    { counter: 'phone 1', prior: [] },
  )
  const single = fc
    .record({
      name: counters,
      window: windows,
      max: fc.integer({ min: 1, max: 6 }),
      on: fc.subarray(indexes, { minLength: 1 }),
    })
    .map(({ name, window, max, on }): LimitUse => ({ ...name, ...window, max, lines: on }))
  return fc.uniqueArray(single, { maxLength: 2, selector: ({ counter }) => counter.slice(0, 5) })
}

function claimsOf(names: Names, backorder: boolean): fc.Arbitrary<Claims> {
  return unitsOf(names, 3).chain((units) =>
    fc.record({
      fingerprint: fc.record({ buyer: oneOf(...FINGERPRINTS), lines: oneOf(...FINGERPRINTS) }),
      units: fc.constant(units),
      uses: usesOf(units.length),
      backorder: backorder ? fc.boolean() : fc.constant(false),
    }),
  )
}

const GUARDS: fc.Arbitrary<readonly Guard[]> = fc.uniqueArray(
  oneOf<Guard>(
    { name: 'shop', prior: [] },
    { name: 'sku 2', prior: ['sku 1'] },
    { name: 'sku 1', prior: [] },
  ),
  { maxLength: 2, selector: ({ name }) => name },
)

const GATES: fc.Arbitrary<RiskGate | null> = fc.option(
  fc.record({
    strikes: oneOf('buyer', 'buyer', 'buyer 2'),
    prior: fc.constant([]),
    strikeMs: oneOf(HOLD_MS, DAY),
    deferAt: oneOf(null, 1, 2),
    refuseAt: oneOf(null, 2, 3),
  }),
)

function reserves(names: Names, backorder: boolean): fc.Arbitrary<Reserve> {
  return fc.record({
    kind: fc.constant('reserve' as const),
    id: idsOf(names),
    home: fc.constant('home'),
    claims: claimsOf(names, backorder),
    refuse: fc.option(fc.constant({ kind: 'pool-not-served' as const, region: null, served: ['eu'] }), {
      freq: 20,
    }),
    guards: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: GUARDS }),
    risk: GATES,
    stock: oneOf('take' as const, 'take' as const, 'take' as const, 'defer' as const),
    notAfter: oneOf(MINUTE, MINUTE, MINUTE, 0, -1),
    holdMs: oneOf(1, MINUTE, HOLD_MS),
    maxHoldMs: oneOf(HOLD_MS, MAX_HOLD_MS),
    data: oneOf(null, '{"gift":true}'),
    rows: fc.constant(null),
  })
}

function confirms(names: Names, backorder: boolean): fc.Arbitrary<Confirm> {
  const retakes = fc
    .tuple(claimsOf(names, backorder), oneOf(DAY, 0))
    .map(([claims, until]) => ({ ...claims, until }))
  return fc.record({
    kind: fc.constant('confirm' as const),
    id: idsOf(names),
    home: fc.constant('home'),
    payment: oneOf('payment', 'payment', 'payment', 'another'),
    retake: fc.option(retakes, { freq: 3 }),
  })
}

function releases(names: Names): fc.Arbitrary<Command> {
  return fc.record({
    kind: fc.constant('release' as const),
    id: idsOf(names),
    home: fc.constant('home'),
    cause: oneOf('buyer' as const, 'buyer' as const, 'seller' as const, 'rollback' as const),
    reason: oneOf(null, 'changed my mind'),
  })
}

function extensions(names: Names): fc.Arbitrary<Command> {
  return fc.record({
    kind: fc.constant('extend' as const),
    id: idsOf(names),
    home: fc.constant('home'),
    holdMs: oneOf(1, MINUTE, HOLD_MS, MAX_HOLD_MS),
  })
}

function shrinks(names: Names): fc.Arbitrary<Command> {
  return fc.record({
    kind: fc.constant('shrink' as const),
    id: idsOf(names),
    home: fc.constant('home'),
    keep: fc.oneof({ weight: 4, arbitrary: unitsOf(names, 2) }, { weight: 1, arbitrary: fc.constant([]) }),
  })
}

function returnsOf(names: Names): fc.Arbitrary<Command> {
  return fc.record({
    kind: fc.constant('return' as const),
    id: idsOf(names),
    home: fc.constant('home'),
    movement: oneOf('m1', 'm2', 'm3', 'm4'),
    units: unitsOf(names, 2),
    restock: fc.boolean(),
    giveBackUses: fc.boolean(),
  })
}

function supplies({ accounts }: Names): fc.Arbitrary<Command> {
  return fc.record({
    kind: fc.constant('supply' as const),
    movement: oneOf('m1', 'm2', 'm3', 'm4', 'm5', 'm6'),
    account: oneOf(...accounts),
    delta: fc.integer({ min: -3, max: 6 }),
    cause: oneOf('restock', 'restock', 'count'),
  })
}

function transfers(): fc.Arbitrary<Command> {
  const ends = oneOf({ from: SHIRT, to: SHIRT_EU }, { from: SHIRT_EU, to: SHIRT })
  return fc
    .record({ ends, movement: oneOf('m1', 'm2', 'm7', 'm8'), quantity: oneTo(3) })
    .map(({ ends: { from, to }, movement, quantity }) => ({ kind: 'transfer', movement, from, to, quantity }))
}

function configurations({ accounts }: Names, backorder: boolean): fc.Arbitrary<Command> {
  return fc.record({
    kind: fc.constant('configure' as const),
    account: oneOf(...accounts),
    version: fc.integer({ min: 1, max: 9 }),
    opensAt: oneOf(null, null, null, 0, MINUTE),
    closesAt: oneOf(null, null, null, MINUTE, DAY),
    backorderLimit: backorder ? oneOf(0, 2, 10) : fc.constant(0),
  })
}

function judgements(): fc.Arbitrary<Command> {
  const tags = fc.record({
    effect: oneOf('none' as const, 'defer-stock' as const, 'refuse' as const),
    until: oneOf(null, MINUTE),
  })
  return fc.record({
    kind: fc.constant('judge' as const),
    home: fc.constant('home'),
    strikes: oneOf('buyer', 'buyer 2'),
    prior: fc.constant([]),
    tag: fc.oneof(tags, fc.constant(null), fc.constant(undefined)),
    forgive: fc.boolean(),
  })
}

function fills({ accounts }: Names): fc.Arbitrary<Command> {
  return fc.record({
    kind: fc.constant('fill' as const),
    account: oneOf(...accounts),
    limit: oneOf(1, 2, 10),
  })
}
