import type { Correction } from '../port/corrections.js'
import {
  type AccountFinding,
  type CounterFinding,
  differenceOf,
  type Figures,
  type Findings,
  type GuardFinding,
  nameOf,
} from './books.js'
import { correctionId, correctionsOf } from './correction-ids.js'
import {
  type Difference,
  differencesOfAccount,
  differencesOfCounter,
  differencesOfGuard,
} from './differences.js'

/** One repair, under an id of its own: made once, however often it is asked for. */
export interface PlannedRepair {
  readonly id: string
  readonly correction: Correction
  /** What it mends. */
  readonly mends: readonly Difference[]
}

/** Why a repair is left to a person. */
export type LeftBecause =
  /** The account is gone, and with it its sale window: nobody knows whether it was on sale. */
  | 'account-missing'
  /** Orders hold more units than were ever put in: which of them are to be cancelled, or what else was delivered? */
  | 'promised-more-than-supplied'
  /** Several unpaid orders keep one guard: which of them is to be cancelled? */
  | 'several-unpaid-orders'

export interface LeftToPeople {
  readonly because: LeftBecause
  readonly differences: readonly Difference[]
}

export interface Repairs {
  readonly repairs: readonly PlannedRepair[]
  readonly left: readonly LeftToPeople[]
}

/** What would bring the records of one partition back to agreeing. */
export function repairsOf(findings: Findings): Repairs {
  const repairs: PlannedRepair[] = []
  const left: LeftToPeople[] = []
  const plan = (name: string, proposed: Correction | LeftBecause, differences: readonly Difference[]) => {
    if (typeof proposed === 'string') {
      left.push({ because: proposed, differences })
      return
    }
    const of = correctionsOf(proposed.of, name)
    const id = correctionId(of, findings.corrections.get(of) ?? 0)
    repairs.push({ id, correction: proposed, mends: differences })
  }
  for (const one of findings.accounts) plan(nameOf(one.key), ofAccount(one), differencesOfAccount(one))
  for (const one of findings.counters) plan(one.name, ofCounter(one), differencesOfCounter(one))
  for (const one of findings.guards) plan(one.name, ofGuard(one), differencesOfGuard(one))
  return { repairs, left }
}

/**
 * Orders say what is reserved and owed, since they alone give it back; the ledger says what was supplied. What is sold
 * is what two of the three records agree on: sold units whose order is gone count as those of a lapsed one. What is
 * left is available, but never more than the ledger shows: units that nobody can account for are written off, and
 * come back by an `adjust` of whoever has counted the shelf.
 */
function ofAccount({ key, counters, archived, ledger, orders }: AccountFinding): Correction | LeftBecause {
  if (counters === null) return 'account-missing'
  const { reserved, backordered } = orders
  const sold = Math.max(orders.sold, agreed(counters.sold, ledger.sold, orders.sold + archived))
  const available = Math.min(ledger.available, ledger.supplied - reserved - sold)
  if (available < 0) return 'promised-more-than-supplied'
  const right: Figures = { available, reserved, sold, backordered, supplied: available + reserved + sold }
  return {
    of: 'account',
    account: key,
    counters: differenceOf(right, counters),
    archived: sold - orders.sold - archived,
    ledger: differenceOf(right, ledger),
  }
}

/** What two of three say; where no two agree, the most, which makes the fewest units available. */
function agreed(one: number, other: number, third: number): number {
  if (one === other || one === third) return one
  return other === third ? other : Math.max(one, other, third)
}

function ofCounter({ name, used, expected }: CounterFinding): Correction {
  return { of: 'counter', counter: name, used: expected - (used ?? 0) }
}

function ofGuard({ name, found, orders }: GuardFinding): Correction | LeftBecause {
  if (orders.length > 1) return 'several-unpaid-orders'
  return { of: 'guard', guard: name, found, order: orders[0] ?? null }
}
