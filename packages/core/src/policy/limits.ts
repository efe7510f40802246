import type { Units } from '../port/claims.js'
import { CalendarWindows, LIFETIME, type Window } from './calendar-windows.js'
import { counterRoot, SHOP_PART, scopePart } from './names.js'
import type { CheckedPolicy } from './schema.js'
import type { CalendarUnit, IdentityKind, RuleScope } from './types.js'

type CheckedLimit = CheckedPolicy['limits'][number]

/** A purchase limit, ready to count. */
export interface Limit {
  readonly id: string
  readonly per: IdentityKind
  readonly scope: RuleScope
  readonly max: number
  /** Begins the names of its counters. */
  readonly root: string
  readonly window: 'lifetime' | 'campaign' | CalendarWindows
  /** Only these are counted; `null`: all. */
  readonly skus: ReadonlySet<string> | null
  readonly campaigns: ReadonlySet<string> | null
}

/** Where one limit counts, whoever buys and whenever: what is left of a counter's name is window and subject. */
export interface CountedScope {
  readonly limit: Limit
  /** The SKU that is counted by itself; `null` where all that the limit counts goes together. */
  readonly sku: string | null
  /** The part of its name. */
  readonly part: string
}

/** A scope, and the names of the limit's counters in it. */
export interface NamedScope extends CountedScope {
  readonly names: CounterNames
}

/** A scope in which an order's lines are counted. */
export interface PlannedUse extends NamedScope {
  /** Indexes into the order's units. */
  readonly lines: readonly number[]
  /** Windows of an order of this campaign; calendars are asked anew for each order. */
  readonly window: Window | CalendarWindows
}

/** Names of one limit's counters in one scope. What all buyers of a window share is joined once. */
export class CounterNames {
  private window: Window | null = null
  private root = ''

  constructor(private readonly counted: CountedScope) {}

  name(window: Window, subject: string): string {
    if (window !== this.window) {
      this.window = window
      this.root = rootOf(this.counted, window)
    }
    return this.root + subject
  }
}

/** Begins the name of a counter of this window: what is left is the subject. */
export function rootOf({ limit, part }: CountedScope, window: Window): string {
  return limit.root + window.part + part
}

/** The limits of a policy. Rules that count by the same calendar share it. */
export function limitsOf(limits: readonly CheckedLimit[]): readonly Limit[] {
  const calendars = new Map<string, CalendarWindows>()
  return limits.map(({ id, per, scope, max, window, skus, campaigns }) => ({
    id,
    per,
    scope,
    max,
    root: counterRoot(id),
    window: typeof window === 'string' ? window : shared(calendars, window),
    skus: skus === undefined ? null : new Set(skus),
    campaigns: campaigns === undefined ? null : new Set(campaigns),
  }))
}

function shared(
  calendars: Map<string, CalendarWindows>,
  { calendar, timeZone }: { readonly calendar: CalendarUnit; readonly timeZone: string },
): CalendarWindows {
  const key = `${calendar} ${timeZone}`
  const windows = calendars.get(key) ?? new CalendarWindows(calendar, timeZone)
  calendars.set(key, windows)
  return windows
}

/** Whether the limit counts orders of this campaign (`undefined`: of none). */
function countsCampaign({ scope, window, campaigns }: Limit, campaign: string | undefined): boolean {
  if (campaign === undefined) return scope !== 'campaign' && window !== 'campaign' && campaigns === null
  return campaigns === null || campaigns.has(campaign)
}

/**
 * Where the limit counts orders of this campaign.
 *
 * @param skus those asked for, each once; of a limit by SKU, each that it counts is a scope of its own. `null`: all
 *   that the limit names
 */
export function scopesOf(
  limit: Limit,
  skus: readonly string[] | null,
  campaign: string | undefined,
): readonly CountedScope[] {
  if (!countsCampaign(limit, campaign)) return []
  const { scope, skus: only } = limit
  const counted = skus === null ? [...(only ?? [])] : skus.filter((sku) => only?.has(sku) ?? true)
  if (scope === 'sku') return counted.map((sku) => ({ limit, sku, part: scopePart('sku', sku) }))
  if (skus !== null && counted.length === 0) return []
  return [
    { limit, sku: null, part: scope === 'shop' ? SHOP_PART : scopePart('campaign', campaign as string) },
  ]
}

/** The scope and names of a limit by SKU; `null` where it does not count this one. */
export function skuScope(limit: Limit, sku: string): NamedScope | null {
  if (limit.scope !== 'sku' || !(limit.skus?.has(sku) ?? true)) return null
  return named({ limit, sku, part: scopePart('sku', sku) })
}

function named(counted: CountedScope): NamedScope {
  return { ...counted, names: new CounterNames(counted) }
}

/**
 * The uses that an order of these units makes of the limit. Several pools of one SKU share a counter.
 *
 * @param skus the units' SKUs, each once
 * @param bySku the limit's scope of each SKU, where it counts by SKU
 */
export function plannedUses(
  limit: Limit,
  units: readonly Units[],
  skus: readonly string[],
  campaign: string | undefined,
  bySku: readonly (NamedScope | null)[],
): readonly PlannedUse[] {
  if (!countsCampaign(limit, campaign)) return []
  const scopes = limit.scope === 'sku' ? bySku : scopesOf(limit, skus, campaign).map(named)
  const window = windowFor(limit, campaign)
  const planned: PlannedUse[] = []
  for (const scope of scopes) {
    if (scope === null) continue
    const { sku, part, names } = scope
    // Spelled out: V8 makes what is spread field by field.
    planned.push({ limit, sku, part, names, lines: linesOf(limit, sku, units), window })
  }
  return planned
}

/** Indexes of the units that are counted: those of one SKU, or of all that the limit counts. */
function linesOf({ skus: only }: Limit, own: string | null, units: readonly Units[]): readonly number[] {
  const lines: number[] = []
  units.forEach(({ account: { sku } }, index) => {
    if (own === null ? (only?.has(sku) ?? true) : sku === own) lines.push(index)
  })
  return lines
}

/** The window of an order of this campaign, or the calendar that tells it. */
export function windowFor({ window }: Limit, campaign: string | undefined): Window | CalendarWindows {
  if (window === 'lifetime') return LIFETIME
  if (window !== 'campaign') return window
  return { from: LIFETIME.from, to: LIFETIME.to, part: scopePart('campaign', campaign as string) }
}

/** The window at `now`. */
export function windowAt(window: Window | CalendarWindows, now: number): Window {
  return window instanceof CalendarWindows ? window.at(now) : window
}
