import { assess, type RiskAssessment } from '../machines/buyer-risk/decide.js'
import type { StrikeState } from '../machines/buyer-risk/types.js'
import { NO_EVENTS } from '../machines/decider.js'
import { fits } from '../machines/purchase-limit/decide.js'
import type { Admitted, HeldLine, ReservationContext, Retake, Taken } from '../machines/reservation/types.js'
import { owedOf, sellable } from '../machines/stock-account/decide.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import { blocks } from '../machines/unpaid-order-guard/decide.js'
import type { AccountKey, LimitUse, Units } from '../port/claims.js'
import type { Reserve } from '../port/commands.js'
import type { GrantedLine, GrantedUse } from '../port/events.js'
import type { InsufficientStock, PurchaseLimitReached, Refusal, ShortLine } from '../port/outcomes.js'
import { isElsewhere } from './piece-names.js'
import type { PartitionState } from './state.js'

/**
 * Reservation, limits, guards and risk decided together: what a fresh claim would get of this partition at `now`.
 * It only reads; the grant's event makes the changes (`effects.ts`).
 */
export class Admission implements ReservationContext {
  now = 0
  private likeUnits: Wanted | null = null
  private likeLines: readonly GrantedLine[] = NO_EVENTS

  constructor(private readonly partition: PartitionState) {}

  admit(command: Reserve): Admitted | Refusal {
    const { units, uses, backorder } = command.claims
    const closed = this.closedAccount(units)
    if (closed !== null && !isOpenFor(command, closed)) return closed
    const risk = this.risk(command)
    if (risk?.effect === 'refuse') return { kind: 'buyer-refused', strikes: risk.strikes, until: risk.until }
    const unpaid = this.unpaidOrder(command)
    if (unpaid !== null) return unpaid
    const passed = this.passedWindow(uses)
    if (passed !== null) return passed
    const claimed = grantedUses(uses, units)
    const limited = this.limitReached(claimed, uses)
    if (limited !== null) return limited
    const lines = this.lines(units, backorder)
    if (isShort(lines)) return lines
    const deferred = command.stock === 'defer' || risk?.effect === 'defer-stock'
    if (!deferred) return { kind: 'admitted', stock: 'taken', lines, uses: claimed }
    return { kind: 'admitted', stock: 'deferred', lines: units.map(untaken), uses: claimed }
  }

  take(lines: readonly HeldLine[], backorder: boolean): Taken | InsufficientStock {
    const taken = this.lines(lines, backorder)
    return isShort(taken) ? taken : { kind: 'taken', lines: taken, uses: NO_EVENTS }
  }

  retake(claims: Retake): Taken | PurchaseLimitReached | InsufficientStock {
    const limited = this.limitReached(claims.uses)
    if (limited !== null) return limited
    const lines = this.lines(claims.lines, claims.backorder)
    return isShort(lines) ? lines : { kind: 'taken', lines, uses: claims.uses }
  }

  movement(account: AccountKey, movement: string): string | undefined {
    return this.partition.movement(account, movement)
  }

  private closedAccount(units: readonly Units[]): Refusal | null {
    const unknown: AccountKey[] = []
    let notOpen: StockAccountState | null = null
    let closed: StockAccountState | null = null
    for (const { account: key } of units) {
      const account = this.partition.account(key)
      if (account === undefined) {
        if (!isElsewhere(key)) unknown.push(key)
      } else if (account.opensAt !== null && this.now < account.opensAt) notOpen ??= account
      else if (account.closesAt !== null && this.now >= account.closesAt) closed ??= account
    }
    if (unknown.length > 0) return { kind: 'account-unknown', accounts: unknown }
    if (notOpen !== null)
      return { kind: 'sale-not-open', account: notOpen.key, opensAt: notOpen.opensAt ?? 0 }
    if (closed !== null) return { kind: 'sale-closed', account: closed.key, closedAt: closed.closesAt ?? 0 }
    return null
  }

  private risk(command: Reserve): RiskAssessment | null {
    const gate = command.risk
    if (gate === null) return null
    const records: StrikeState[] = []
    const current = this.partition.strikes(gate.strikes)
    if (current !== undefined) records.push(current)
    for (const name of gate.prior) {
      const older = this.partition.strikes(name)
      if (older !== undefined) records.push(older)
    }
    return assess(gate, records, this.now)
  }

  private unpaidOrder(command: Reserve): Refusal | null {
    for (const guard of command.guards) {
      const refusal = this.blocked(guard.name, command.id, guard.subject)
      if (refusal !== null) return refusal
      for (const name of guard.prior) {
        const older = this.blocked(name, command.id)
        if (older !== null) return older
      }
    }
    return null
  }

  private blocked(name: string, id: string, subject?: string): Refusal | null {
    const guard = this.partition.guard(name, subject)
    if (!blocks(guard, id, this.now)) return null
    return { kind: 'unpaid-order', guard: name, id: guard.id, expiresAt: guard.expiresAt }
  }

  private passedWindow(uses: readonly LimitUse[]): Refusal | null {
    for (let use = 0; use < uses.length; use++) {
      const { from, to } = uses[use] as LimitUse
      if (this.now < from || (to !== null && this.now >= to)) return { kind: 'window-passed', use }
    }
    return null
  }

  /** `asked`: the same uses as they were claimed. */
  private limitReached(
    uses: readonly GrantedUse[],
    asked?: readonly LimitUse[],
  ): PurchaseLimitReached | null {
    for (let use = 0; use < uses.length; use++) {
      const { counter, prior, max, quantity } = uses[use] as GrantedUse
      let used = this.partition.counter(counter, asked?.[use]?.subject)?.used ?? 0
      for (const name of prior) used += this.partition.counter(name)?.used ?? 0
      if (!fits(used, quantity, max))
        return { kind: 'purchase-limit', use, counter, max, used, requested: quantity }
    }
    return null
  }

  /** Each line with what it would be owed, or every line that is short. */
  private lines(units: Wanted, backorder: boolean): readonly GrantedLine[] | InsufficientStock {
    return this.allInStock(units) ? this.linesInStock(units) : this.linesOwed(units, backorder)
  }

  private allInStock(units: Wanted): boolean {
    for (const { account: key, quantity } of units) {
      const account = this.partition.account(key)
      if (account === undefined || quantity > sellable(account)) return false
    }
    return true
  }

  /** In a sale nearly all orders are alike, and share the policy's units: so they share their lines. */
  private linesInStock(units: Wanted): readonly GrantedLine[] {
    if (units !== this.likeUnits) {
      this.likeUnits = units
      this.likeLines = units.map(({ account, quantity }) => ({ account, quantity, owed: 0, returned: 0 }))
    }
    return this.likeLines
  }

  private linesOwed(units: Wanted, backorder: boolean): readonly GrantedLine[] | InsufficientStock {
    const lines: GrantedLine[] = []
    const short: ShortLine[] = []
    for (const { account: key, quantity } of units) {
      const account = this.partition.account(key)
      const owed = account === undefined ? owedUnseen(key) : owedOf(account, quantity, backorder)
      if (owed >= 0) lines.push({ account: key, quantity, owed, returned: 0 })
      else {
        const available = account === undefined ? 0 : sellable(account)
        short.push({ account: key, requested: quantity, available })
      }
    }
    return short.length === 0 ? lines : { kind: 'insufficient-stock', short }
  }
}

/** Whether the sale's window does not matter: the payment of an order placed in time came late. */
function isOpenFor({ evenIfClosed }: Reserve, { kind }: Refusal): boolean {
  return evenIfClosed === true && kind !== 'account-unknown'
}

/** What a line without an account would be owed: nothing if its units lie elsewhere, else it is short. */
function owedUnseen(key: AccountKey): number {
  return isElsewhere(key) ? 0 : -1
}

type Wanted = readonly { readonly account: AccountKey; readonly quantity: number }[]

function isShort(lines: readonly GrantedLine[] | InsufficientStock): lines is InsufficientStock {
  return 'kind' in lines
}

function untaken(units: Units): GrantedLine {
  return { account: units.account, quantity: units.quantity, owed: 0, returned: 0 }
}

function grantedUses(uses: readonly LimitUse[], units: readonly Units[]): readonly GrantedUse[] {
  if (uses.length === 0) return NO_EVENTS
  // One, what nearly every order has, is spelled out: `map` leaves a closure behind, and `push` room for seventeen.
  return uses.length === 1
    ? [grantedUse(uses[0] as LimitUse, units)]
    : uses.map((use) => grantedUse(use, units))
}

function grantedUse({ counter, prior, lines, max }: LimitUse, units: readonly Units[]): GrantedUse {
  let quantity = 0
  for (const line of lines) quantity += units[line]?.quantity ?? 0
  return { counter, prior, quantity, max, lines }
}
