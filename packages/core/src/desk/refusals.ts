import type { OrderStatus } from '../machines/order/types.js'
import type { CompiledPolicy } from '../policy/compiled-policy.js'
import type { IdentityKind, RuleScope } from '../policy/types.js'
import type { AccountKey } from '../port/claims.js'
import type { Reserve } from '../port/commands.js'
import type { Refusal } from '../port/outcomes.js'

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
  | { readonly reason: 'sale-not-open'; readonly sku: string; readonly pool: string; readonly opensAt: Date }
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
      readonly lines: readonly {
        readonly sku: string
        readonly pool: string
        readonly requested: number
        readonly available: number
      }[]
      /** Whether the figures were true at one moment. */
      readonly exact: boolean
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
    case 'sale-not-open':
      return { reason: 'sale-not-open', ...refusal.account, opensAt: new Date(refusal.opensAt) }
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
      return {
        reason: 'insufficient-stock',
        lines: refusal.short.map(({ account, requested, available }) => ({
          ...account,
          requested,
          available,
        })),
        exact: true,
      }
  }
}
