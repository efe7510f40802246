import type { SubjectName } from '../identity/keyed-names.js'
import type { Identities, SubjectReader, Subjects } from '../identity/subjects.js'
import { subjectOf } from '../identity/subjects.js'
import { invalid } from '../input/parse.js'
import type { AccountKey, Claims, Guard, LimitUse, RiskGate, TableRow, Units } from '../port/claims.js'
import type { Reserve } from '../port/commands.js'
import type { Window } from './calendar-windows.js'
import { type PlannedGuard, plannedGuards } from './guards.js'
import { type Limit, type PlannedUse, rootOf, scopesOf, windowAt, windowFor } from './limits.js'
import type { WrittenLine } from './lines.js'
import { COUNTER_ROOT, GUARD_ROOT, STRIKES_ROOT, scopePart } from './names.js'
import type { OrderPlanner } from './order-plan.js'
import type { Pools } from './pools.js'
import type { IdentityKind, RuleScope, UnpaidOrderRule } from './types.js'

/** An order as the policy needs it: its buyer in subjects, its form checked. */
export interface OrderToReserve {
  readonly id: string
  readonly subjects: Subjects
  readonly lines: readonly WrittenLine[]
  readonly region?: string | undefined
  readonly campaign?: string | undefined
  readonly data: string | null
  readonly rows: readonly TableRow[] | null
  readonly stock: 'take' | 'defer'
}

/** Instants of a reserve, ms since the epoch on the store's clock. */
export interface ReserveAt {
  /** The store's clock as it is estimated: it chooses the calendar windows. */
  readonly now: number
  readonly notAfter: number
}

/** Which limit a use counts for, to tell the shop. */
export interface CountedLimit {
  /** The rule's id. */
  readonly id: string
  readonly per: IdentityKind
  readonly scope: RuleScope
  readonly max: number
  /** The SKU counted by itself; `null` for the other scopes. */
  readonly sku: string | null
}

/** A counter of a buyer's: how much of one limit can be used, once its uses are read. */
export interface BuyerCounter extends CountedLimit {
  /** Names whose uses add up: the counter's own, then those under older hash keys. */
  readonly counter: string
  readonly prior: readonly string[]
  /** First instant of the window, ms since the epoch; −Infinity: it never began. */
  readonly from: number
  /** First instant after it; `null`: it never ends. */
  readonly to: number | null
}

/** How far a guard reaches, to tell the shop. */
export interface GuardedScope {
  readonly scope: RuleScope
  /** The SKU guarded by itself; `null` for the other scopes. */
  readonly sku: string | null
}

/** A guard of a buyer's. */
export interface BuyerGuard extends Guard, GuardedScope {
  readonly per: IdentityKind
}

/** What a buyer may be about to order. */
export interface BuyerScope {
  readonly skus?: readonly string[] | undefined
  readonly campaign?: string | undefined
}

/** Times of a policy, in ms. */
export interface PolicyTimes {
  readonly holdMs: number
  /** Longest hold that extending may reach, from the grant. */
  readonly maxHoldMs: number
  readonly retentionMs: number
}

/** A policy's risk rule, ready for use. */
export interface RiskRule extends Pick<RiskGate, 'strikeMs' | 'deferAt' | 'refuseAt'> {
  readonly per: IdentityKind
}

/** The parts that a policy is compiled into. */
export interface PolicyParts extends PolicyTimes {
  readonly planner: OrderPlanner
  readonly pools: Pools
  readonly limits: readonly Limit[]
  readonly unpaidOrder: readonly UnpaidOrderRule[]
  readonly risk: RiskRule | null
  readonly backorder: boolean
  readonly giveBackUses: boolean
  readonly reader: SubjectReader
  readonly demandsHashKey: boolean
}

/** A policy ready for use: turns orders into claims, and knows nothing of what the counters hold. */
export class CompiledPolicy {
  readonly holdMs: number
  readonly maxHoldMs: number
  readonly retentionMs: number
  readonly backorder: boolean
  /** Whether returned units ease limits unless the call says otherwise. */
  readonly giveBackUses: boolean
  /** Whether some rule counts an identity that is hashed under a key. */
  readonly demandsHashKey: boolean
  private readonly limitsByRoot: ReadonlyMap<string, Limit>

  constructor(private readonly parts: PolicyParts) {
    this.holdMs = parts.holdMs
    this.maxHoldMs = parts.maxHoldMs
    this.retentionMs = parts.retentionMs
    this.backorder = parts.backorder
    this.giveBackUses = parts.giveBackUses
    this.demandsHashKey = parts.demandsHashKey
    this.limitsByRoot = new Map(parts.limits.map((limit) => [limit.root, limit]))
  }

  /**
   * A buyer's identities in names that tell nothing; those that no rule counts are left out.
   *
   * @throws HoldfastError `invalid-argument` at `buyer.phone` and the like where an identity is none of its kind
   */
  subjects(buyer: Identities): Subjects {
    return this.parts.reader.read(buyer)
  }

  /**
   * The claims of an order. Pure but for what it remembers to be fast: the same order at the same instant is the same
   * command.
   *
   * @throws HoldfastError `invalid-argument` where lines add up to more than 1e9 (`lines[2].quantity`), or where a
   *   rule that applies counts an identity that the buyer does not carry (`buyer.phone`)
   */
  reserve(order: OrderToReserve, at: ReserveAt): Reserve {
    const { subjects } = order
    const plan = this.parts.planner.plan(order.lines, order.region, order.campaign)
    return {
      kind: 'reserve',
      id: order.id,
      home: subjects.user,
      claims: {
        fingerprint: { buyer: subjects.user, lines: plan.lines },
        units: plan.units,
        uses: limitUses(plan.uses, subjects, at.now),
        backorder: this.backorder,
      },
      refuse: plan.refuse,
      guards: openGuards(plan.guards, subjects),
      risk: plan.refuse === null ? this.strikesOf(subjects) : null,
      stock: order.stock,
      notAfter: at.notAfter,
      holdMs: this.holdMs,
      maxHoldMs: this.maxHoldMs,
      data: order.data,
      rows: order.rows,
    }
  }

  /** The account meant where a pool may be left out. @throws HoldfastError `invalid-argument` at `pool` */
  account(
    named: { readonly sku: string; readonly pool?: string | undefined },
    campaign?: string,
  ): AccountKey {
    const pool = named.pool ?? this.parts.pools.ofCampaign(campaign) ?? this.parts.pools.default
    if (pool === null) throw invalid('pool', 'is missing: the policy names no default pool')
    return { sku: named.sku, pool }
  }

  /** Which limit the use at this position of the claims counts for; `null` if the policy has it no more. */
  limitOf({ units, uses }: Pick<Claims, 'units' | 'uses'>, use: number): CountedLimit | null {
    const { counter, lines } = uses[use] as LimitUse
    const limit = this.limitsByRoot.get(counter.slice(0, counter.indexOf('/', COUNTER_ROOT.length) + 1))
    if (limit === undefined) return null
    return told(limit, limit.scope === 'sku' ? (units[lines[0] as number] as Units).account.sku : null)
  }

  /** Which of its guards a refused order ran into. */
  guardOf({ units }: Pick<Claims, 'units'>, name: string): GuardedScope {
    const scope = name.slice(GUARD_ROOT.length).split(/[:/]/, 1)[0] as RuleScope
    const guarded = units.find(({ account }) => name.startsWith(GUARD_ROOT + scopePart('sku', account.sku)))
    return { scope, sku: guarded?.account.sku ?? null }
  }

  /**
   * The counters of a buyer: of limits by SKU, those of the SKUs asked for (or named by the limit); of limits in a
   * campaign, those of the campaign asked for.
   *
   * @throws HoldfastError `invalid-argument` where a limit counts an identity that the buyer does not carry
   */
  buyerCounters(subjects: Subjects, { skus, campaign }: BuyerScope, now: number): readonly BuyerCounter[] {
    return this.parts.limits.flatMap((limit) =>
      scopesOf(limit, skus === undefined ? null : distinct(skus), campaign).map((scope) => {
        const subject = subjectOf(subjects, limit.per)
        const window = windowAt(windowFor(limit, campaign), now)
        return { ...told(limit, scope.sku), ...countedBy(rootOf(scope, window), subject), ...bounds(window) }
      }),
    )
  }

  /** The guards that an order of the buyer's would open. */
  guardNames(subjects: Subjects, { skus, campaign }: BuyerScope): readonly BuyerGuard[] {
    return this.parts.unpaidOrder.flatMap((rule) =>
      plannedGuards(rule, distinct(skus ?? []), campaign).map((guard) => ({
        ...openGuard(guard, subjects),
        per: rule.per,
        scope: rule.scope,
        sku: guard.sku,
      })),
    )
  }

  /** The buyer's strikes and what they lead to; `null` where the policy has no risk rule. */
  strikesOf(subjects: Subjects): RiskGate | null {
    const { risk } = this.parts
    if (risk === null) return null
    const { name, prior } = subjectOf(subjects, risk.per)
    const { strikeMs, deferAt, refuseAt } = risk
    return { strikes: STRIKES_ROOT + name, prior: under(STRIKES_ROOT, prior), strikeMs, deferAt, refuseAt }
  }
}

// One, what nearly every order has, is spelled out: `map` leaves a closure behind, and `push` room for seventeen.
function limitUses(planned: readonly PlannedUse[], subjects: Subjects, now: number): readonly LimitUse[] {
  return planned.length === 1
    ? [limitUse(planned[0] as PlannedUse, subjects, now)]
    : planned.map((use) => limitUse(use, subjects, now))
}

function openGuards(planned: readonly PlannedGuard[], subjects: Subjects): readonly Guard[] {
  return planned.length === 1
    ? [openGuard(planned[0] as PlannedGuard, subjects)]
    : planned.map((guard) => openGuard(guard, subjects))
}

function limitUse(planned: PlannedUse, subjects: Subjects, now: number): LimitUse {
  const { names, limit } = planned
  const window = windowAt(planned.window, now)
  // Spelled out for the user, the kind of nearly every rule: it saves two objects an order.
  if (limit.per === 'user')
    return useOf(names.name(window, subjects.user), subjects.user, NONE, planned, window)
  const { name, prior } = subjectOf(subjects, limit.per)
  const older = prior.map((subject) => names.name(window, subject))
  return useOf(names.name(window, name), name, older, planned, window)
}

function useOf(
  counter: string,
  subject: string,
  prior: readonly string[],
  { limit: { max }, lines }: PlannedUse,
  { from, to }: Window,
): LimitUse {
  return { counter, subject, prior, max, lines, from, to }
}

/** Only calendar windows end, and only they began. */
function bounds({ from, to }: Window): Pick<BuyerCounter, 'from' | 'to'> {
  return { from: to === null ? Number.NEGATIVE_INFINITY : from, to }
}

function openGuard({ per, root }: PlannedGuard, subjects: Subjects): Guard {
  if (per === 'user') return { name: root + subjects.user, subject: subjects.user, prior: NONE }
  const { name, prior } = subjectOf(subjects, per)
  return { name: root + name, subject: name, prior: under(root, prior) }
}

const NONE: readonly never[] = []

function countedBy(root: string, { name, prior }: SubjectName): Pick<LimitUse, 'counter' | 'prior'> {
  return { counter: root + name, prior: under(root, prior) }
}

function distinct(skus: readonly string[]): readonly string[] {
  return [...new Set(skus)]
}

function under(root: string, names: readonly string[]): readonly string[] {
  return names.map((name) => root + name)
}

function told({ id, per, scope, max }: Limit, sku: string | null): CountedLimit {
  return { id, per, scope, max, sku }
}
