import type { OrderStatus } from '../machines/order/types.js'
import { isWhole } from '../partition/piece-names.js'
import type { CompiledPolicy } from '../policy/compiled-policy.js'
import type { IdentityKind, RuleScope } from '../policy/types.js'
import type { AccountKey } from '../port/claims.js'
import type { Reserve } from '../port/commands.js'
import type {
  InsufficientStock,
  Outcome,
  PurchaseLimitReached,
  RefundCause,
  Refusal,
} from '../port/outcomes.js'

/** Why an order was not placed. All of them leave everything as it was, and the id free, but where said. */
export type PlaceRefusal =
  /** The id stands for another order, of another buyer or with other lines. */
  | { readonly reason: 'id-reused'; readonly differs: readonly ('buyer' | 'lines')[] }
  /** It was cancelled before it came: the id stays taken. */
  | { readonly reason: 'tombstoned' }
  /** The order of this id has ended: place it again under another. */
  | { readonly reason: 'order-ended'; readonly status: OrderStatus }
  | { readonly reason: 'late' }
  | { readonly reason: 'pool-not-served'; readonly region: string | null; readonly served: readonly string[] }
  | { readonly reason: 'account-unknown'; readonly accounts: readonly AccountKey[] }
  | {
      readonly reason: 'sale-not-open'
      readonly sku: string
      readonly pool: string
      /** `null`: a campaign that is opened by hand. */
      readonly opensAt: Date | null
    }
  | { readonly reason: 'sale-closed'; readonly sku: string; readonly pool: string; readonly closedAt: Date }
  | { readonly reason: 'buyer-refused'; readonly strikes: number; readonly until: Date | null }
  | {
      readonly reason: 'unpaid-order'
      /** The open order. */
      readonly orderId: string
      /** By when it is to be paid: from then on it keeps nobody out. */
      readonly payBy: Date
      readonly scope: RuleScope
      readonly sku: string | null
    }
  | {
      readonly reason: 'purchase-limit'
      /** The rule's id. */
      readonly limit: string
      readonly per: IdentityKind | null
      readonly scope: RuleScope | null
      /** The SKU, where each is counted by itself. */
      readonly sku: string | null
      readonly max: number
      readonly used: number
      readonly requested: number
    }
  | {
      readonly reason: 'insufficient-stock'
      readonly lines: readonly ShortLine[]
      /** Whether the figures were true at one moment within the call. */
      readonly exact: boolean
    }

/** A line that asks for more than can be had. */
export interface ShortLine extends AccountKey {
  readonly requested: number
  /** Units that a newcomer could have. */
  readonly available: number
}

/** Why a payment must be given back. */
export type RefundReason =
  /** The order was cancelled or rolled back before its payment came. */
  | { readonly reason: 'released' }
  /** Another payment paid the order before. */
  | { readonly reason: 'duplicate-payment'; readonly paymentId: string }
  /** It came late, and what the order had kept was gone. */
  | { readonly reason: 'expired' }
  | { readonly reason: 'insufficient-stock'; readonly lines: readonly ShortLine[] }
  | {
      readonly reason: 'purchase-limit'
      /** The rule's id. */
      readonly limit: string
      readonly max: number
      readonly used: number
      readonly requested: number
    }

/** A store's refusal in a shop's terms. */
export function refusalAsTold(refusal: Refusal, command: Reserve, policy: CompiledPolicy): PlaceRefusal {
  switch (refusal.kind) {
    case 'id-reused':
      return { reason: 'id-reused', differs: refusal.differs }
    case 'tombstoned':
      return { reason: 'tombstoned' }
    // A window that passed is asked anew under its new name; one that passes again and again came too late.
    case 'window-passed':
    case 'late':
      return { reason: 'late' }
    case 'pool-not-served':
      return { reason: 'pool-not-served', region: refusal.region, served: refusal.served }
    case 'account-unknown':
      return { reason: 'account-unknown', accounts: refusal.accounts }
    case 'sale-not-open': {
      const opensAt = refusal.opensAt >= BY_HAND ? null : new Date(refusal.opensAt)
      return { reason: 'sale-not-open', ...refusal.account, opensAt }
    }
    case 'sale-closed':
      return { reason: 'sale-closed', ...refusal.account, closedAt: new Date(refusal.closedAt) }
    case 'buyer-refused': {
      const until = refusal.until === null ? null : new Date(refusal.until)
      return { reason: 'buyer-refused', strikes: refusal.strikes, until }
    }
    case 'unpaid-order': {
      const { scope, sku } = policy.guardOf(command.claims, refusal.guard)
      return { reason: 'unpaid-order', orderId: refusal.id, payBy: new Date(refusal.expiresAt), scope, sku }
    }
    case 'purchase-limit': {
      const counted = policy.limitOf(command.claims, refusal.use)
      const { max, used, requested } = refusal
      const { id = refusal.counter, per = null, scope = null, sku = null } = counted ?? {}
      return { reason: 'purchase-limit', limit: id, per, scope, sku, max, used, requested }
    }
    case 'insufficient-stock':
      // In pieces, one partition was short at a moment of its own, and pieces that came to nothing may have been why.
      return {
        reason: 'insufficient-stock',
        lines: shortAsTold(refusal),
        exact: refusal.exact ?? !isWhole(command.id, command.home),
      }
  }
}

/** The first instant that no sale reaches: a campaign that is to be opened by hand. */
export const BY_HAND = 8.64e15

/** A store's reason for a refund in a shop's terms. */
export function refundAsTold(why: RefundCause, policy: CompiledPolicy): RefundReason {
  switch (why.kind) {
    case 'released':
    case 'expired':
      return { reason: why.kind }
    case 'duplicate-payment':
      return { reason: why.kind, paymentId: why.paid }
    case 'insufficient-stock':
      return { reason: why.kind, lines: shortAsTold(why) }
    case 'purchase-limit': {
      const { max, used, requested } = why
      return { reason: why.kind, limit: ruleOf(why, policy), max, used, requested }
    }
  }
}

/** The rule whose counter was full; the counter's own name if the policy has the rule no more. */
function ruleOf({ counter, max }: PurchaseLimitReached, policy: CompiledPolicy): string {
  const use = { counter, prior: [], max, lines: [], from: 0, to: null }
  return policy.limitOf({ units: [], uses: [use] }, 0)?.id ?? counter
}

function shortAsTold({ short }: InsufficientStock): readonly ShortLine[] {
  return short.map(({ account, requested, available }) => ({ ...account, requested, available }))
}

const REFUSALS: ReadonlySet<Outcome['kind']> = new Set<Refusal['kind']>([
  'id-reused',
  'tombstoned',
  'late',
  'pool-not-served',
  'account-unknown',
  'sale-not-open',
  'sale-closed',
  'buyer-refused',
  'unpaid-order',
  'window-passed',
  'purchase-limit',
  'insufficient-stock',
])

export function isRefusal(outcome: Outcome): outcome is Refusal {
  return REFUSALS.has(outcome.kind)
}

/** Whether units or uses that overdue holds still keep may have been what was missing. */
export function mayBeDue({ kind }: Outcome): boolean {
  return kind === 'insufficient-stock' || kind === 'purchase-limit'
}

/** Whether the store's clock, not the order, was the trouble. */
export function isOfTime(outcome: Outcome): boolean {
  return outcome.kind === 'window-passed' || outcome.kind === 'late'
}
