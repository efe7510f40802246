import { HoldfastError } from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import { HangWatch } from './hang-watch.js'

/** What is used of knex's client and its pool (tarn). */
export interface KnexClient {
  acquireConnection(): Promise<unknown>
  releaseConnection(connection: unknown): Promise<void>
  acquireRawConnection(): Promise<unknown>
  destroyRawConnection(connection: unknown): Promise<void>
  readonly driverName: string
  readonly connectionSettings?: { readonly filename?: string }
  readonly pool?: Pool | undefined
}

export interface Pool {
  readonly max: number
  numUsed(): number
  on(event: 'release', listener: () => void): void
  removeListener(event: 'release', listener: () => void): void
}

export function clientOf(knex: Knex): KnexClient {
  return knex.client as KnexClient
}

/** Connections of a knex pool, each held for one transaction. */
export class Connections {
  /** Connections that this store holds itself. */
  private held = 0
  private readonly watch: HangWatch | null

  constructor(private readonly client: KnexClient) {
    const { pool } = client
    this.watch = pool?.max === 1 ? new HangWatch(pool, () => this.held > 0) : null
  }

  /** @throws HoldfastError `would-deadlock`, `store-failed`; nothing was sent */
  async use<T>(work: (connection: unknown) => T | Promise<T>): Promise<T> {
    const connection = await this.acquire()
    this.held += 1
    try {
      return await work(connection)
    } finally {
      this.held -= 1
      await this.client.releaseConnection(connection)
    }
  }

  private async acquire(): Promise<unknown> {
    const { client, watch } = this
    const isBusy = (client.pool?.numUsed() ?? 0) > 0
    const acquiring = client.acquireConnection()
    try {
      if (watch === null || !isBusy) return await acquiring
      return await watch.over(acquiring, (connection) => client.releaseConnection(connection))
    } catch (error) {
      if (error instanceof HoldfastError) throw error
      throw new HoldfastError('store-failed', 'no connection to the database was to be had', { cause: error })
    }
  }
}

/** What is used of a knex transaction. */
interface Transaction {
  readonly isTransaction?: boolean
  isCompleted?(): boolean
  readonly client?: KnexClient
}

/**
 * The connection of the caller's own transaction.
 *
 * @throws HoldfastError `invalid-argument` (`transaction`) if it is none, or over
 */
export function connectionOf(transaction: object): Promise<unknown> {
  const { client, isTransaction, isCompleted } = transaction as Transaction
  if (isTransaction !== true || client === undefined) {
    throw notOpen('must be a transaction of knex')
  }
  if (isCompleted?.() === true) throw notOpen('was already committed or rolled back')
  return client.acquireConnection()
}

function notOpen(what: string): HoldfastError {
  return new HoldfastError('invalid-argument', `transaction: ${what}`, { path: 'transaction' })
}
