import type { Call } from '../coalescer/coalescer.js'
import { type AccountsQuery, accountsSchema, type LedgerQuery, ledgerSchema } from '../input/listing.js'
import type { CallOptions } from '../input/order.js'
import { invalid, parse } from '../input/parse.js'
import {
  type AdjustStock,
  type AvailabilityQuery,
  adjustSchema,
  availabilitySchema,
  type ConfigureStock,
  configureSchema,
  type Restock,
  restockSchema,
  type TransferStock,
  transferSchema,
} from '../input/stock.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import { accountName } from '../port/account-name.js'
import type { AccountKey } from '../port/claims.js'
import type { Configure, Supply } from '../port/commands.js'
import type { Outcome } from '../port/outcomes.js'
import type { LedgerEntry, Page, Query } from '../port/reservation-store.js'
import { NO_KEYS } from '../port/reservation-store.js'
import { AccountReads } from './account-reads.js'
import { fillOwed, readAccount } from './owed-units.js'
import { ask, callOf, type DeskParts, isInBuckets, unexpected } from './parts.js'
import { readEverywhere } from './read-everywhere.js'

export type SupplyResult =
  | {
      readonly ok: true
      readonly id: string
      /** The same movement was made before. */
      readonly replayed: boolean
      /** Units available once it was made; after those who were owed some had theirs. */
      readonly available: number
    }
  | { readonly ok: false; readonly id: string; readonly reason: 'id-reused' | 'account-unknown' | 'overflow' }
  | {
      readonly ok: false
      readonly id: string
      readonly reason: 'insufficient-stock'
      readonly requested: number
      readonly available: number
    }
export type TransferResult =
  | { readonly ok: true; readonly id: string; readonly replayed: boolean }
  | Extract<SupplyResult, { ok: false }>
export type ConfigureResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'account-unknown' }

/** The counters of one stock account, with its sale window. */
export interface Account extends AccountKey {
  readonly available: number
  readonly reserved: number
  readonly sold: number
  /** Units owed past stock. */
  readonly backordered: number
  readonly supplied: number
  /** What a newcomer can have: max(0, available − backordered). */
  readonly sellable: number
  readonly opensAt: Date | null
  readonly closesAt: Date | null
  readonly backorderLimit: number
}

/** One change of an account's counters, and why it happened. */
export interface LedgerLine extends AccountKey {
  readonly at: Date
  /** What moved the units: `granted`, `confirmed`, `released`, `expired`, … or a movement's own cause. */
  readonly cause: string
  /** The order that moved them; `null` for a change of supply. */
  readonly orderId: string | null
  /** The movement's id; `null` where an order moved them. */
  readonly movementId: string | null
  /** Changes, in units. */
  readonly available: number
  readonly reserved: number
  readonly sold: number
  readonly backordered: number
  readonly supplied: number
}

/** Times that a configuration is written anew because another process was faster. */
const CONFIGURE_ATTEMPTS = 20
/** Entries of a page that does not say how many. */
const PAGE = 100

/** An account's sale window, ms since the epoch, and backorder limit. */
export type AccountSettings = Pick<Configure, 'opensAt' | 'closesAt' | 'backorderLimit'>

/** What changes supply, and what is there. */
export class Stocking {
  private readonly reads: AccountReads

  constructor(private readonly parts: DeskParts) {
    this.reads = new AccountReads(parts.store, parts.scheduler, parts.time)
  }

  async restock(restock: Restock, options?: CallOptions): Promise<SupplyResult> {
    const checked = parse(restockSchema, restock, 'restock')
    const account = this.parts.policy.account(checked)
    const { id: movement, quantity: delta } = checked
    return this.supply(
      { kind: 'supply', movement, account, delta, cause: 'restock' },
      callOf(this.parts, options),
    )
  }

  async adjust(adjust: AdjustStock, options?: CallOptions): Promise<SupplyResult> {
    const checked = parse(adjustSchema, adjust, 'adjust')
    const account = this.parts.policy.account(checked)
    const { id: movement, delta, cause } = checked
    return this.supply({ kind: 'supply', movement, account, delta, cause }, callOf(this.parts, options))
  }

  async transfer(transfer: TransferStock, options?: CallOptions): Promise<TransferResult> {
    const { id, sku, from, to, quantity } = parse(transferSchema, transfer, 'transfer')
    const call = callOf(this.parts, options)
    const target = { sku, pool: to }
    const outcome = await ask(
      this.parts,
      { kind: 'transfer', movement: id, from: { sku, pool: from }, to: target, quantity },
      call,
    )
    const replayed = outcome.kind === 'replayed-movement'
    if (!replayed && outcome.kind !== 'transferred') return notSupplied('transfer', id, outcome)
    await fillOwed(this.parts, target, call)
    return { ok: true, id, replayed }
  }

  /** Fields that are left out stay as they are. */
  async configure(settings: ConfigureStock, options?: CallOptions): Promise<ConfigureResult> {
    const checked = parse(configureSchema, settings, 'settings')
    const key = this.parts.policy.account(checked)
    return this.set(key, callOf(this.parts, options), (account) => {
      const { opensAt = account.opensAt, closesAt = account.closesAt } = checked
      const { backorderLimit = account.backorderLimit } = checked
      if (opensAt !== null && closesAt !== null && opensAt >= closesAt) {
        const path = checked.closesAt === undefined ? 'opensAt' : 'closesAt'
        throw invalid(path, 'must leave the sale open for some time')
      }
      return { opensAt, closesAt, backorderLimit }
    })
  }

  /** Writes an account's settings as they are to follow from those it has, whoever else writes them meanwhile. */
  async set(
    key: AccountKey,
    call: Call,
    next: (account: StockAccountState) => AccountSettings,
  ): Promise<ConfigureResult> {
    for (let attempt = 1; ; attempt++) {
      const account = await readAccount(this.parts, key)
      if (account === undefined) return { ok: false, reason: 'account-unknown' }
      const settings = next(account)
      // Of a spread account this was read of the first bucket: the others hear it again.
      if (isSetSo(account, settings) && !isInBuckets(this.parts, key.sku)) return { ok: true }
      const version = account.configVersion + 1
      const outcome = await ask(this.parts, { kind: 'configure', account: key, version, ...settings }, call)
      if (outcome.kind === 'configured') return { ok: true }
      if (outcome.kind === 'account-unknown') return { ok: false, reason: 'account-unknown' }
      if (outcome.kind !== 'stale-version' || attempt === CONFIGURE_ATTEMPTS)
        throw unexpected('configure', outcome)
    }
  }

  /** Whether each of the accounts exists. */
  async existing(keys: readonly AccountKey[]): Promise<readonly boolean[]> {
    const { accounts } = await this.read({ ...NO_KEYS, accounts: keys })
    const known = new Set(accounts.map(({ key }) => accountName(key)))
    return keys.map((key) => known.has(accountName(key)))
  }

  /** `null` for an account that does not exist. */
  async availability(query: AvailabilityQuery): Promise<Account | null> {
    const checked = parse(availabilitySchema, query, 'query')
    const key = this.parts.policy.account(checked)
    const { holding, maxAge = 0 } = checked
    if (holding !== undefined) return this.availabilityTo(holding, key)
    const account = await this.reads.read(key, maxAge)
    return account === undefined ? null : accountAsTold(account)
  }

  /** The account and the order are read together, as they are. */
  private async availabilityTo(holding: string, key: AccountKey): Promise<Account | null> {
    const page = await this.read({ ...NO_KEYS, accounts: [key], reservations: [holding] })
    const [account] = page.accounts
    if (account === undefined) return null
    const own = ownUnits(page, key)
    const told = accountAsTold(account)
    return { ...told, available: told.available + own, sellable: told.sellable + own }
  }

  async accounts(query: AccountsQuery = {}) {
    const { sku, cursor = null, limit = PAGE } = parse(accountsSchema, query, 'query')
    const of = sku === undefined ? {} : { account: { sku } }
    const page = await this.read({ kind: 'list', of: 'accounts', cursor, limit, ...of })
    return { accounts: page.accounts.map(accountAsTold), cursor: page.cursor }
  }

  /** What moved the units of an account, oldest first. */
  async ledger(
    query: LedgerQuery,
  ): Promise<{ readonly entries: readonly LedgerLine[]; readonly cursor: string | null }> {
    const { sku, pool, cursor = null, limit = PAGE } = parse(ledgerSchema, query, 'query')
    const account = this.parts.policy.account({ sku, pool })
    const { chain } = this.parts
    const asked = { kind: 'list', of: 'ledger', cursor, limit, account } as const
    if (chain !== null) await chain.catchingUp.now(callOf(this.parts))
    const page = chain === null ? await this.read(asked) : await chain.moved(asked)
    return { entries: page.ledger.map(ledgerAsTold), cursor: page.cursor }
  }

  private async supply(command: Supply, call: Call): Promise<SupplyResult> {
    const { movement: id, account, delta } = command
    const outcome = await ask(this.parts, command, call)
    if (outcome.kind === 'supplied') {
      const available = delta > 0 ? await fillOwed(this.parts, account, call) : null
      return { ok: true, id, replayed: false, available: available ?? outcome.available }
    }
    if (outcome.kind !== 'replayed-movement') return notSupplied('supply', id, outcome)
    // A call that died between the two is finished by its retry.
    if (delta > 0) await fillOwed(this.parts, account, call)
    return {
      ok: true,
      id,
      replayed: true,
      available: (await readAccount(this.parts, account))?.available ?? 0,
    }
  }

  private async read(query: Query): Promise<Page> {
    const { store, time } = this.parts
    const page = await readEverywhere(store, query)
    time.heard(page.now)
    return page
  }
}

function isSetSo(account: StockAccountState, settings: AccountSettings): boolean {
  return (
    account.opensAt === settings.opensAt &&
    account.closesAt === settings.closesAt &&
    account.backorderLimit === settings.backorderLimit
  )
}

function accountAsTold(state: StockAccountState): Account {
  const { key, available, reserved, sold, backordered, supplied, opensAt, closesAt, backorderLimit } = state
  return {
    ...key,
    available,
    reserved,
    sold,
    backordered,
    supplied,
    sellable: Math.max(0, available - backordered),
    opensAt: opensAt === null ? null : new Date(opensAt),
    closesAt: closesAt === null ? null : new Date(closesAt),
    backorderLimit,
  }
}

function ledgerAsTold({ account, at, reservation, movement, ...rest }: LedgerEntry): LedgerLine {
  return { ...account, at: new Date(at), orderId: reservation, movementId: movement, ...rest }
}

/** Units that the live reservation asked about holds itself. */
function ownUnits({ reservations, now }: Page, { sku, pool }: AccountKey): number {
  let own = 0
  for (const { state } of reservations) {
    if (state.status !== 'held' || now >= state.expiresAt) continue
    for (const { account, quantity, owed } of state.lines) {
      if (account.sku === sku && account.pool === pool) own += quantity - owed
    }
  }
  return own
}

function notSupplied(command: 'supply' | 'transfer', id: string, outcome: Outcome) {
  switch (outcome.kind) {
    case 'id-reused':
    case 'account-unknown':
    case 'overflow':
      return { ok: false, id, reason: outcome.kind } as const
    case 'insufficient-stock': {
      const { requested = 0, available = 0 } = outcome.short[0] ?? {}
      return { ok: false, id, reason: 'insufficient-stock', requested, available } as const
    }
    default:
      throw unexpected(command, outcome)
  }
}
