import type {
  AccountKey,
  Claims,
  Configure,
  Confirm,
  Correct,
  Correction,
  Extend,
  Fill,
  Guard,
  Judge,
  LimitUse,
  PolicyRefusal,
  Release,
  ReleaseCause,
  Reserve,
  Return,
  RiskGate,
  Shrink,
  Supply,
  Sweep,
  Transfer,
  Units,
} from '@holdfast/core/adapter'
import { START } from '../kit/virtual-clock.js'

// Commands as the cases write them: only what a case is about is said, the rest has a default.

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** How long a hold lasts and how far it can be extended, where a case says nothing of it. */
export const HOLD_MS = 10 * MINUTE
export const MAX_HOLD_MS = 30 * MINUTE

/** The accounts that cases sell from; the first one where they do not say. */
export const SHIRT: AccountKey = { sku: 'shirt', pool: 'default' }
export const SHIRT_EU: AccountKey = { sku: 'shirt', pool: 'eu' }
export const MUG: AccountKey = { sku: 'mug', pool: 'default' }

export function units(quantity: number, account: AccountKey = SHIRT): Units {
  return { account, quantity }
}

export interface ReserveDetails {
  readonly home?: string
  readonly units?: readonly Units[]
  readonly buyer?: string
  /** The fingerprint's digest of the lines; made from the units if absent. */
  readonly lines?: string
  readonly uses?: readonly LimitUse[]
  readonly guards?: readonly Guard[]
  readonly risk?: RiskGate | null
  readonly refuse?: PolicyRefusal | null
  readonly stock?: 'take' | 'defer'
  readonly backorder?: boolean
  readonly notAfter?: number
  readonly holdMs?: number
  readonly maxHoldMs?: number
  readonly data?: string | null
}

/** One shirt, unless told otherwise. */
export function reserve(id: string, details: ReserveDetails = {}): Reserve {
  const { home = 'home', guards = [], risk = null, refuse = null, stock = 'take', data = null } = details
  const { notAfter = START + 365 * DAY, holdMs = HOLD_MS, maxHoldMs = MAX_HOLD_MS } = details
  const claims = claimsOf(details)
  return {
    kind: 'reserve',
    id,
    home,
    claims,
    refuse,
    guards,
    risk,
    stock,
    notAfter,
    holdMs,
    maxHoldMs,
    data,
    rows: null,
  }
}

export function claimsOf(details: ReserveDetails = {}): Claims {
  const { units: wanted = [units(1)], uses = [], backorder = false, buyer = 'buyer' } = details
  const lines = details.lines ?? JSON.stringify(wanted.map((one) => [one.account.sku, one.quantity]))
  return { fingerprint: { buyer, lines }, units: wanted, uses, backorder }
}

/** A claim on one counter for the lines named (all that cases usually have: the first). */
export function use(counter: string, max: number, details: Partial<LimitUse> = {}): LimitUse {
  return { counter, prior: [], max, lines: [0], from: 0, to: null, ...details }
}

export function guard(name: string, ...prior: readonly string[]): Guard {
  return { name, prior }
}

/** Strikes that count for a day; without thresholds they change nothing. */
export function gate(strikes: string, details: Partial<RiskGate> = {}): RiskGate {
  return { strikes, prior: [], strikeMs: DAY, deferAt: null, refuseAt: null, ...details }
}

export function extend(id: string, holdMs: number = HOLD_MS): Extend {
  return { kind: 'extend', id, home: 'home', holdMs }
}

export function shrink(id: string, ...keep: readonly Units[]): Shrink {
  return { kind: 'shrink', id, home: 'home', keep }
}

export function confirm(id: string, payment = 'payment', retake: Confirm['retake'] = null): Confirm {
  return { kind: 'confirm', id, home: 'home', payment, retake }
}

export function release(id: string, cause: ReleaseCause = 'buyer', reason: string | null = null): Release {
  return { kind: 'release', id, home: 'home', cause, reason }
}

export function giveBack(
  id: string,
  movement: string,
  details: {
    readonly units?: readonly Units[]
    readonly restock?: boolean
    readonly giveBackUses?: boolean
  } = {},
): Return {
  const { units: returned = [units(1)], restock = true, giveBackUses = true } = details
  return { kind: 'return', id, home: 'home', movement, units: returned, restock, giveBackUses }
}

/** `movement` is made from the account and the quantity if absent, so that a repeated supply needs one of its own. */
export function supply(delta: number, account: AccountKey = SHIRT, movement?: string): Supply {
  const { sku, pool } = account
  return {
    kind: 'supply',
    movement: movement ?? `supply ${sku} ${pool} ${delta}`,
    account,
    delta,
    cause: 'restock',
  }
}

export function transfer(
  quantity: number,
  from: AccountKey,
  to: AccountKey,
  movement = 'transfer',
): Transfer {
  return { kind: 'transfer', movement, from, to, quantity }
}

export function configure(
  version: number,
  details: Partial<Omit<Configure, 'kind' | 'version'>> = {},
): Configure {
  const { account = SHIRT, opensAt = null, closesAt = null, backorderLimit = 0 } = details
  return { kind: 'configure', account, version, opensAt, closesAt, backorderLimit }
}

export function judge(
  strikes: string,
  tag: Judge['tag'],
  forgive = false,
  prior: readonly string[] = [],
): Judge {
  return { kind: 'judge', home: 'home', strikes, prior, tag, forgive }
}

export function sweep(limit = 100): Sweep {
  return { kind: 'sweep', limit }
}

export function fill(limit = 100, account: AccountKey = SHIRT): Fill {
  return { kind: 'fill', account, limit }
}

/** A repair; where a case says nothing of it, in time. */
export function correct(id: string, correction: Correction, notAfter = Number.MAX_SAFE_INTEGER): Correct {
  return { kind: 'correct', id, home: 'home', correction, notAfter }
}
