import type {
  Fingerprint,
  GrantedLine,
  GrantedUse,
  KnownReservation,
  OrderLine,
  OrderState,
  StrikeTarget,
} from '@holdfast/core/adapter'

/** A reservation that holds or held claims. */
export type Claimed = Exclude<KnownReservation, { status: 'tombstoned' }>

/**
 * The column `claims`: what a `granted` event tells, in the very text of its outbox row, so that a grant is written
 * as JSON once. A ticket has only what its buyer asked for.
 */
interface StoredClaims {
  readonly home: string
  readonly fingerprint: Fingerprint
  readonly lines: readonly GrantedLine[]
  readonly uses?: readonly GrantedUse[]
  readonly guards?: readonly string[]
  readonly strike?: StrikeTarget | null
  readonly backorder?: boolean
  readonly expiresAt?: number
  readonly maxExpiresAt?: number
  readonly data: string | null
}

/** What every status of a reservation keeps of its claims, and a live one's latest deadline. */
export interface DecodedClaims {
  readonly home: string
  readonly fingerprint: Fingerprint
  readonly lines: readonly GrantedLine[]
  readonly uses: readonly GrantedUse[]
  readonly guards: readonly string[]
  readonly strike: StrikeTarget | null
  readonly backorder: boolean
  readonly data: string | null
  /** The grant's first deadline; `null` where the claims were written since. */
  readonly expiresAt: number | null
  readonly maxExpiresAt: number
}

export function decodeClaims(text: string): DecodedClaims {
  const stored = JSON.parse(text) as StoredClaims
  const { home, fingerprint, lines, uses = [], guards = [], strike = null, backorder = false, data } = stored
  return {
    home,
    fingerprint,
    lines,
    uses,
    guards,
    strike,
    backorder,
    data,
    expiresAt: stored.expiresAt ?? null,
    maxExpiresAt: stored.maxExpiresAt ?? 0,
  }
}

export function claimsOfReservation(state: Claimed): string {
  const { home, fingerprint, lines, uses, guards, strike, backorder, data } = state
  const maxExpiresAt = 'maxExpiresAt' in state ? state.maxExpiresAt : undefined
  const stored: StoredClaims = { home, fingerprint, lines, uses, guards, strike, backorder, data }
  return JSON.stringify(maxExpiresAt === undefined ? stored : { ...stored, maxExpiresAt })
}

export function claimsOfOrder({ home, fingerprint, lines, data }: OrderState): string {
  const stored: StoredClaims = {
    home,
    fingerprint,
    lines: lines.map(({ sku, pool, quantity, owed, returned }) => ({
      account: { sku, pool },
      quantity,
      owed,
      returned,
    })),
    data,
  }
  return JSON.stringify(stored)
}

/** The lines as the buyer sees them: what was shrunk to nothing is gone. */
export function orderLines(lines: readonly GrantedLine[]): readonly OrderLine[] {
  const seen: OrderLine[] = []
  for (const { account, quantity, owed, returned } of lines) {
    if (quantity > 0) seen.push({ sku: account.sku, pool: account.pool, quantity, owed, returned })
  }
  return seen
}

/** Whether the claims of two states of one reservation read the same, so that their text can stay. */
export function sameClaims(one: Claimed, other: Claimed): boolean {
  if (one.uses.length !== other.uses.length || one.lines.length !== other.lines.length) return false
  for (let index = 0; index < one.lines.length; index++) {
    const a = one.lines[index] as GrantedLine
    const b = other.lines[index] as GrantedLine
    if (a.quantity !== b.quantity || a.owed !== b.owed || a.returned !== b.returned) return false
  }
  return one.uses.every((use, index) => use.quantity === other.uses[index]?.quantity)
}
