import type { Command, Outcome } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkLinearizable } from '../src/concurrency/linearizability.js'
import type { Operation } from '../src/concurrency/operation.js'
import { START } from '../src/kit/virtual-clock.js'
import { atTime } from '../src/model/at-time.js'
import { commandArbitrary } from '../src/model/command-arbitrary.js'
import { openingSupply } from '../src/model/history.js'
import { Reference } from '../src/reference/reference.js'
import {
  confirm,
  MUG,
  release,
  reserve,
  SHIRT,
  SHIRT_EU,
  supply,
  units,
  use,
} from '../src/scenario/commands.js'

const GRANTED: Outcome = { kind: 'granted', stock: 'taken', owed: [], expiresAt: START + 600_000 }
const SOLD_OUT: Outcome = {
  kind: 'insufficient-stock',
  short: [{ account: SHIRT, requested: 1, available: 0 }],
}

/** A call from `invoked` to `completed`, both positions in the record. */
function call(
  command: Command,
  outcome: Outcome | null,
  [invoked, completed]: readonly [number, number | null],
): Operation {
  const outcomes = outcome === null ? null : [outcome]
  return { caller: 0, commands: [command], invoked, completed, outcomes, now: START }
}

function after(...commands: readonly Command[]): Reference {
  const reference = new Reference()
  for (const command of commands) reference.apply([command], START)
  return reference
}

function verdict(before: Reference, operations: readonly Operation[], end: Reference | null = null): boolean {
  const claim = { before, operations, after: end === null ? null : end.visible(START), now: START }
  return checkLinearizable(claim).linearizable
}

const histories: readonly (readonly [
  name: string,
  operations: readonly Operation[],
  linearizable: boolean,
])[] = [
  ['nothing happened', [], true],
  [
    'one after the other, the last unit to the first',
    [call(reserve('a'), GRANTED, [0, 1]), call(reserve('b'), SOLD_OUT, [2, 3])],
    true,
  ],
  [
    'one after the other, the last unit to the second',
    [call(reserve('a'), SOLD_OUT, [0, 1]), call(reserve('b'), GRANTED, [2, 3])],
    false,
  ],
  [
    'both at once, the last unit to the second',
    [call(reserve('a'), SOLD_OUT, [0, 3]), call(reserve('b'), GRANTED, [1, 2])],
    true,
  ],
  [
    'both at once, both refused',
    [call(reserve('a'), SOLD_OUT, [0, 3]), call(reserve('b'), SOLD_OUT, [1, 2])],
    false,
  ],
  [
    'both at once, both granted',
    [call(reserve('a'), GRANTED, [0, 3]), call(reserve('b'), GRANTED, [1, 2])],
    false,
  ],
  [
    'granted to both, for the first let go in between',
    [
      call(reserve('a'), GRANTED, [0, 1]),
      call(release('a', 'seller'), { kind: 'released' }, [2, 5]),
      call(reserve('b'), GRANTED, [3, 4]),
    ],
    true,
  ],
  [
    'granted to both, but the first let go only afterwards',
    [
      call(reserve('a'), GRANTED, [0, 1]),
      call(reserve('b'), GRANTED, [2, 3]),
      call(release('a', 'seller'), { kind: 'released' }, [4, 5]),
    ],
    false,
  ],
  [
    'a retry that is granted anew',
    [call(reserve('a'), GRANTED, [0, 1]), call(reserve('a'), GRANTED, [2, 3])],
    false,
  ],
  [
    'a refusal that read a state which was gone before it began',
    [
      call(reserve('a'), GRANTED, [0, 1]),
      call(release('a', 'seller'), { kind: 'released' }, [2, 3]),
      call(reserve('b'), SOLD_OUT, [4, 5]),
    ],
    false,
  ],
  [
    'a call without an answer that took the unit',
    [call(reserve('a'), null, [0, null]), call(reserve('b'), SOLD_OUT, [1, 2])],
    true,
  ],
  [
    'a call without an answer that never came',
    [call(reserve('a'), null, [0, null]), call(reserve('b'), GRANTED, [1, 2])],
    true,
  ],
  [
    'a call without an answer cannot explain two grants',
    [
      call(release('c', 'seller'), null, [0, null]),
      call(reserve('a'), GRANTED, [1, 2]),
      call(reserve('b'), GRANTED, [3, 4]),
    ],
    false,
  ],
  [
    'two payments, both told that they were the first',
    [
      call(reserve('a'), GRANTED, [0, 1]),
      call(confirm('a'), { kind: 'confirmed', late: false, owed: [] }, [2, 5]),
      call(confirm('a'), { kind: 'confirmed', late: false, owed: [] }, [3, 4]),
    ],
    false,
  ],
]

describe('a history on one unit', () => {
  test.each(histories)('%s', (_name, operations, linearizable) => {
    expect(verdict(after(supply(1)), operations)).toBe(linearizable)
  })
})

test('an order that explains the answers must explain what stands at the end as well', () => {
  const before = after(supply(2))
  const operations = [call(reserve('a'), GRANTED, [0, 3]), call(reserve('b'), GRANTED, [1, 2])]
  expect(verdict(before, operations, after(supply(2), reserve('a'), reserve('b')))).toBe(true)
  // The write of one was lost under the other's.
  expect(verdict(before, operations, after(supply(2), reserve('b')))).toBe(false)
})

test('the calls that explain nothing are named, with how far an order reaches', () => {
  const other = call(supply(1, MUG), { kind: 'supplied', available: 1 }, [0, 5])
  const operations = [call(reserve('a'), GRANTED, [1, 2]), other, call(reserve('b'), GRANTED, [3, 4])]
  expect(checkLinearizable({ before: after(supply(1)), operations, after: null, now: START })).toEqual({
    linearizable: false,
    group: [operations[0], operations[2]],
    stuck: [operations[0]],
  })
})

describe('ten concurrent calls on each of three accounts', () => {
  const accounts = [SHIRT, SHIRT_EU, MUG]
  const before = after(...accounts.map((account) => supply(3, account)))
  const limited = { uses: [use('limit', 5)] }

  /** All at once; the last callers are granted, so that an order has to be searched for. */
  function operations(granted: number): readonly Operation[] {
    return accounts.flatMap((account, place) =>
      Array.from({ length: 10 }, (_, caller) => {
        const uses = [use(`limit ${place}`, 5)]
        const command = reserve(`${place} ${caller}`, { ...limited, uses, units: [units(1, account)] })
        const short: Outcome = {
          kind: 'insufficient-stock',
          short: [{ account, requested: 1, available: 0 }],
        }
        return call(command, caller >= 10 - granted ? GRANTED : short, [caller, 100 + caller])
      }),
    )
  }

  test('are explained', () => {
    expect(verdict(before, operations(3))).toBe(true)
  })

  test('are convicted when one too many was granted', () => {
    expect(verdict(before, operations(4))).toBe(false)
  })

  test('are convicted when one too few was granted', () => {
    expect(verdict(before, operations(2))).toBe(false)
  })
})

describe('histories made from an order', () => {
  const declared = { partitions: 'one', backorder: true, returns: true } as const
  const commands = fc.array(commandArbitrary(declared), { minLength: 1, maxLength: 14 })
  const widths = fc.array(fc.nat(6), { minLength: 14, maxLength: 14 })

  function recorded(
    sent: readonly Command[],
    width: readonly number[],
  ): { operations: Operation[]; end: Reference } {
    const end = after(...openingSupply(declared))
    const operations = sent.map((relative, index) => {
      const command = atTime(relative, START)
      const outcomes = end.apply([command], START)
      const [before, behind] = [width[index] ?? 0, width[13 - index] ?? 0]
      // Each call spans its own place in the order, and some of its neighbours'.
      return { ...call(command, null, [10 * (index - before), 10 * (index + behind) + 5]), outcomes }
    })
    return { operations, end }
  }

  test('are linearizable, however their calls overlap', () => {
    return fc.assert(
      fc.property(commands, widths, (sent, width) => {
        const { operations, end } = recorded(sent, width)
        expect(verdict(after(...openingSupply(declared)), operations, end)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  test('are not, once an answer is changed into one that no order gives', () => {
    return fc.assert(
      fc.property(commands, widths, fc.nat(), (sent, width, which) => {
        const { operations } = recorded(sent, width)
        const index = which % operations.length
        const answered = operations[index] as Operation
        const wrong: Operation = { ...answered, outcomes: [{ kind: 'supplied', available: -1 }] }
        const changed = operations.map((one) => (one === answered ? wrong : one))
        expect(verdict(after(...openingSupply(declared)), changed)).toBe(false)
      }),
      { numRuns: 50 },
    )
  })
})
