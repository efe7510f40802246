import { HoldfastError } from '@holdfast/core/adapter'
import type { Knex } from 'knex'

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

interface Pool {
  readonly max: number
  numUsed(): number
  on(event: 'release', listener: () => void): void
  removeListener(event: 'release', listener: () => void): void
}

export function clientOf(knex: Knex): KnexClient {
  return knex.client as KnexClient
}

/** How long the one connection may stay with somebody else while a call waits for it, ms. */
const LONGEST_WAIT = 1_000

/** Connections of a knex pool, each held for one transaction. */
export class Connections {
  /** Connections that this store holds itself. */
  private held = 0

  constructor(private readonly client: KnexClient) {}

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
    const acquiring = this.client.acquireConnection()
    const { pool } = this.client
    const mayHang = pool !== undefined && pool.max === 1 && pool.numUsed() > 0
    try {
      return await (mayHang ? this.unlessHanging(acquiring, pool) : acquiring)
    } catch (error) {
      if (error instanceof HoldfastError) throw error
      throw new HoldfastError('store-failed', 'no connection to the database was to be had', { cause: error })
    }
  }

  /**
   * The only connection is with the caller's own transaction or query. One that awaits this store inside its own
   * transaction would wait for ever: where nothing is given back for a while, that is taken to be so.
   */
  private unlessHanging(acquiring: Promise<unknown>, pool: Pool): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        // Another call of this store has it now, and will give it back.
        if (this.held > 0) {
          timer.refresh()
          return
        }
        pool.removeListener('release', isReleased)
        acquiring.then((connection) => this.client.releaseConnection(connection)).catch(() => {})
        reject(
          new HoldfastError(
            'would-deadlock',
            'the only connection is held by a transaction that seems to wait for this call: use within(transaction)',
          ),
        )
      }
      const timer = setTimeout(giveUp, LONGEST_WAIT)
      const isReleased = () => timer.refresh()
      pool.on('release', isReleased)
      const done = () => {
        clearTimeout(timer)
        pool.removeListener('release', isReleased)
      }
      acquiring.then(
        (connection) => {
          done()
          resolve(connection)
        },
        (error: unknown) => {
          done()
          reject(error instanceof Error ? error : new Error(String(error)))
        },
      )
    })
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
