import { sameAccount } from '../machines/reservation/decision.js'
import type { AccountKey } from '../port/claims.js'
import type { Reserve } from '../port/commands.js'
import type { Refusal } from '../port/outcomes.js'

/** Refusals in their order of precedence, as their type lists them. */
const PRECEDENCE: Readonly<Record<Refusal['kind'], number>> = {
  'id-reused': 0,
  tombstoned: 1,
  late: 2,
  'pool-not-served': 3,
  'account-unknown': 4,
  'sale-not-open': 5,
  'sale-closed': 6,
  'buyer-refused': 7,
  'unpaid-order': 8,
  'window-passed': 9,
  'purchase-limit': 10,
  'insufficient-stock': 11,
}

/**
 * The answer to an order of which these pieces were refused: what a single partition would say that kept all of it.
 * The first in the order of precedence, of like ones that of the order's first line, guard or limit; accounts that are
 * unknown, and lines that are short, are told together.
 */
export function firstRefusal(refusals: readonly Refusal[], order: Reserve): Refusal {
  const first = refusals.reduce((one, other) => (isBefore(other, one, order) ? other : one))
  const byLine = (one: AccountKey, other: AccountKey) => lineOf(one, order) - lineOf(other, order)
  switch (first.kind) {
    case 'account-unknown': {
      const accounts = refusals.flatMap((one) => (one.kind === first.kind ? one.accounts : []))
      return { ...first, accounts: accounts.sort(byLine) }
    }
    case 'insufficient-stock': {
      const short = refusals.flatMap((one) => (one.kind === first.kind ? one.short : []))
      return { ...first, short: short.sort((one, other) => byLine(one.account, other.account)) }
    }
    default:
      return first
  }
}

function isBefore(one: Refusal, other: Refusal, order: Reserve): boolean {
  const places = PRECEDENCE[one.kind] - PRECEDENCE[other.kind]
  return places === 0 ? positionOf(one, order) < positionOf(other, order) : places < 0
}

/** Which line, guard or limit of the order it is about, where several may be refused alike. */
function positionOf(refusal: Refusal, order: Reserve): number {
  switch (refusal.kind) {
    case 'sale-not-open':
    case 'sale-closed':
      return lineOf(refusal.account, order)
    case 'unpaid-order':
      return order.guards.findIndex(({ name, prior }) => [name, ...prior].includes(refusal.guard))
    case 'window-passed':
    case 'purchase-limit':
      return refusal.use
    default:
      return 0
  }
}

function lineOf(account: AccountKey, { claims }: Reserve): number {
  return claims.units.findIndex((line) => sameAccount(line.account, account))
}
