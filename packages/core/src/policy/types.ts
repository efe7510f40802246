import type { Normaliser } from '../identity/normalisers.js'
import type { Duration } from '../input/duration.js'

/** What a rule counts by: one of the four, or the shop's own kind, carried in `buyer.other`. */
export type IdentityKind = 'user' | 'phone' | 'address' | 'ip' | (string & {})

/** How far a rule reaches: each SKU by itself, one campaign, or everything that the shop sells. */
export type RuleScope = 'sku' | 'campaign' | 'shop'

export type CalendarUnit = 'day' | 'week' | 'month'

/**
 * When a limit's uses are counted from anew: never (`lifetime`), with each campaign, or with each calendar day, week
 * (from Monday) or month in a named time zone: `{ calendar: 'day', timeZone: 'Europe/Berlin' }`.
 */
export type LimitWindow =
  | 'lifetime'
  | 'campaign'
  | { readonly calendar: CalendarUnit; readonly timeZone: string }

/** At most `max` units per subject, in a scope and a window. */
export interface PurchaseLimitRule {
  /** Names the rule's counters, in refusals too: under another id, counting starts anew. */
  readonly id: string
  readonly per: IdentityKind
  readonly scope: RuleScope
  /** Whole units, 1 to 2^53 − 1. */
  readonly max: number
  /** By default `lifetime`. */
  readonly window?: LimitWindow | undefined
  /** Only these SKUs are counted; by default all. */
  readonly skus?: readonly string[] | undefined
  /** Only orders of these campaigns are counted; by default all orders. */
  readonly campaigns?: readonly string[] | undefined
}

/** At most one open, unpaid order per subject and scope. */
export interface UnpaidOrderRule {
  readonly per: IdentityKind
  readonly scope: RuleScope
}

/** Which pool an order's units come from, for lines that name none. */
export interface PoolPolicy {
  /** For orders without a region; without it, such orders are refused. */
  readonly default?: string | undefined
  /** Pool by the buyer's region. A region that is not here is `pool-not-served`. */
  readonly byRegion?: Readonly<Record<string, string>> | undefined
  /** Pool by campaign; it goes before the region. */
  readonly byCampaign?: Readonly<Record<string, string>> | undefined
}

/** What strikes (orders that a buyer let expire or cancelled unpaid) lead to. */
export interface RiskPolicy {
  /** By default `user`. */
  readonly per?: IdentityKind | undefined
  /** How long strikes count after the last one. */
  readonly strikesFor: Duration
  /** Strikes from which an order takes units at payment only; by default never. */
  readonly deferFrom?: number | undefined
  /** Strikes from which an order is refused; by default never. */
  readonly refuseFrom?: number | undefined
}

/** How identities are brought to one spelling before they are hashed. */
export interface IdentityPolicy {
  readonly phone?:
    | {
        /** ISO 3166-1 alpha-2 code of the country of numbers without a country code; by default they are refused. */
        readonly defaultCountry?: string | undefined
      }
    | undefined
  readonly ip?:
    | {
        /** Bits of an IPv4 address that name a subject, 1 to 32; by default 32. */
        readonly prefix4?: number | undefined
        /** Bits of an IPv6 address that name a subject, 1 to 128; by default 64. */
        readonly prefix6?: number | undefined
      }
    | undefined
  /** By default compatibility forms, case and blanks are folded. */
  readonly address?: Normaliser | undefined
  /** By own kind; by default as for addresses. */
  readonly other?: Readonly<Record<string, Normaliser>> | undefined
}

/** A shop's rules, as plain data (but for normalisers). Everything is optional; unknown fields are refused. */
export interface Policy {
  /** How long an unpaid order keeps its units; by default 15 minutes. */
  readonly holdFor?: Duration | undefined
  /** Longest time from placing that extending may reach; by default `holdFor`, so that nothing can be extended. */
  readonly extendUpTo?: Duration | undefined
  /** How long an ended order's id is remembered; by default 30 days. */
  readonly retention?: Duration | undefined
  /** By default one pool, `default`. */
  readonly pools?: PoolPolicy | undefined
  readonly limits?: readonly PurchaseLimitRule[] | undefined
  readonly unpaidOrder?: UnpaidOrderRule | readonly UnpaidOrderRule[] | undefined
  /** Whether units past stock may be sold, up to each account's backorder limit; by default not. */
  readonly backorder?: boolean | undefined
  readonly risk?: RiskPolicy | undefined
  readonly returns?:
    | {
        /** Whether returned units ease the buyer's limits; by default not. */
        readonly giveBackUses?: boolean | undefined
      }
    | undefined
  readonly identities?: IdentityPolicy | undefined
}
