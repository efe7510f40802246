import type { AccountKey, Claims, Guard, LimitUse, RiskGate, Units } from '../src/port/claims.js'
import type {
  Configure,
  Confirm,
  Correct,
  Extend,
  Fill,
  Judge,
  Release,
  Reserve,
  Return,
  Shrink,
  Supply,
  Sweep,
  Transfer,
} from '../src/port/commands.js'
import type { Correction } from '../src/port/corrections.js'

// Commands with everything that a test does not speak of filled in.

/** A hold of the commands here, ms. */
export const HOLD = 1_000
/** What extending a hold may reach, from its grant, ms. */
export const LONGEST_HOLD = 3_000

export const A: AccountKey = { sku: 'A', pool: 'north' }
export const B: AccountKey = { sku: 'B', pool: 'north' }
/** Another pool of A's SKU. */
export const A_SOUTH: AccountKey = { sku: 'A', pool: 'south' }

export function units(account: AccountKey, quantity: number): Units {
  return { account, quantity }
}

/** A lifetime limit on the first line. */
export function use(counter: string, max: number, more: Partial<LimitUse> = {}): LimitUse {
  return { counter, prior: [], max, lines: [0], from: 0, to: null, ...more }
}

export function guard(name: string, ...prior: string[]): Guard {
  return { name, prior }
}

export function gate(strikes: string, more: Partial<RiskGate> = {}): RiskGate {
  return { strikes, prior: [], strikeMs: 10_000, deferAt: null, refuseAt: null, ...more }
}

/** One unit of A, for buyer `ada`; the lines' digest is their JSON, so that other lines differ. */
export function claims(more: Partial<Claims> & { readonly buyer?: string } = {}): Claims {
  const { buyer = 'ada', ...fields } = more
  const { units: asked = [units(A, 1)] } = fields
  return {
    fingerprint: { buyer, lines: JSON.stringify(asked) },
    units: asked,
    uses: [],
    backorder: false,
    ...fields,
  }
}

export type ReserveFields = Partial<Omit<Reserve, 'kind' | 'id' | 'claims'>> &
  Partial<Claims> & { readonly buyer?: string }

export function reserve(id: string, fields: ReserveFields = {}): Reserve {
  const { fingerprint, units, uses, backorder, buyer, ...rest } = fields
  const claimed = {
    ...(fingerprint && { fingerprint }),
    ...(units && { units }),
    ...(uses && { uses }),
    ...(backorder !== undefined && { backorder }),
    ...(buyer !== undefined && { buyer }),
  }
  return {
    kind: 'reserve',
    id,
    home: 'home',
    claims: claims(claimed),
    refuse: null,
    guards: [],
    risk: null,
    stock: 'take',
    notAfter: Number.MAX_SAFE_INTEGER,
    holdMs: HOLD,
    maxHoldMs: LONGEST_HOLD,
    data: null,
    rows: null,
    ...rest,
  }
}

export function extend(id: string, holdMs = HOLD): Extend {
  return { kind: 'extend', id, home: 'home', holdMs }
}

export function shrink(id: string, ...keep: Units[]): Shrink {
  return { kind: 'shrink', id, home: 'home', keep }
}

export function confirm(id: string, payment = `payment of ${id}`, retake: Confirm['retake'] = null): Confirm {
  return { kind: 'confirm', id, home: 'home', payment, retake }
}

export function release(
  id: string,
  cause: Release['cause'] = 'buyer',
  reason: string | null = null,
): Release {
  return { kind: 'release', id, home: 'home', cause, reason }
}

export function returned(id: string, movement: string, lines: Units[], more: Partial<Return> = {}): Return {
  return {
    kind: 'return',
    id,
    home: 'home',
    movement,
    units: lines,
    restock: true,
    giveBackUses: false,
    ...more,
  }
}

export function supply(movement: string, account: AccountKey, delta: number, cause = 'restock'): Supply {
  return { kind: 'supply', movement, account, delta, cause }
}

export function transfer(movement: string, from: AccountKey, to: AccountKey, quantity: number): Transfer {
  return { kind: 'transfer', movement, from, to, quantity }
}

export function configure(account: AccountKey, version: number, more: Partial<Configure> = {}): Configure {
  return { kind: 'configure', account, version, opensAt: null, closesAt: null, backorderLimit: 0, ...more }
}

/** Leaves tag and strikes as they are unless told. */
export function judge(strikes: string, more: Partial<Judge> = {}): Judge {
  return { kind: 'judge', home: 'home', strikes, prior: [], tag: undefined, forgive: false, ...more }
}

export function sweep(limit = 100): Sweep {
  return { kind: 'sweep', limit }
}

export function fill(account: AccountKey, limit = 100): Fill {
  return { kind: 'fill', account, limit }
}

/** May be made at 20,000 at the latest. */
export function correct(id: string, correction: Correction, notAfter = 20_000): Correct {
  return { kind: 'correct', id, home: 'home', correction, notAfter }
}
