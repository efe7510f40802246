import type { LedgerName, StoreName } from '../store/open-store.js'

/** The history is to be replayed. */
export interface ReplayRequest {
  readonly kind: 'replay'
  readonly store: StoreName
  /** Of the server, where `store` is one. */
  readonly url?: string
  /** What follows Redis, where `store` is that. */
  readonly ledger?: { readonly store: LedgerName; readonly url?: string }
  /** Where to keep the SQLite file; `null`: in a folder that is removed afterwards. */
  readonly file: string | null
  /** 0 or more. */
  readonly stockRatio: number
  /** Units per buyer and SKU, 1 or more. */
  readonly limit: number
  readonly restock: boolean
  readonly json: boolean
}

/** A file that a replay left, whole or killed, is to be audited. */
export interface AuditRequest {
  readonly kind: 'audit'
  readonly file: string
  readonly json: boolean
}

/** Help was asked for: this is its text. */
export interface HelpRequest {
  readonly kind: 'help'
  readonly text: string
}

export type CommandLineRequest = ReplayRequest | AuditRequest | HelpRequest

/** What the person at the terminal asked for cannot be done: told in one line, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
