import { EventEmitter } from 'node:events'
import type { Carrier } from '../carrying/carrier.js'
import { isHoldfastError } from '../errors.js'
import type { Duration } from '../input/duration.js'
import { workerOptionsSchema } from '../input/options.js'
import { invalid, parse } from '../input/parse.js'
import { Relay, type RelayOptions } from '../messages/relay/relay.js'
import type { ParkedMessage } from '../port/outbox.js'
import type { Publisher } from '../port/publisher.js'
import { ProcessKeptAlive } from '../process-kept-alive.js'
import { errorAsTold } from './calls-under-way.js'
import { type Compensation, DEFAULT_BUDGET, type Notify, type RetryBudget } from './compensations.js'
import type { OrderDesk } from './order-desk.js'
import { ask, callOf } from './parts.js'

export interface WorkerOptions {
  /** How often a round of work is done while nothing is to do: every 250 ms if absent. */
  readonly every?: Duration | undefined
  /** Entries of one kind that one round handles at most: 500 if absent. */
  readonly batchLimit?: number | undefined
  /** Attempts of a compensation's step before it waits for an operator: 5 if absent. */
  readonly attempts?: number | undefined
  /** Wait before its second attempt, doubled with each further one: 1 second if absent. */
  readonly retryAfter?: Duration | undefined
  /** Tells people of an order that was rolled back. */
  readonly notify?: Notify | undefined
  /** Where to the store's events, and messages of the shop's own, are sent. If absent they wait, for a relay elsewhere. */
  readonly publisher?: Publisher | undefined
  /** How they are sent. */
  readonly relay?: Omit<RelayOptions, 'outbox' | 'publisher'> | undefined
}

/** What one round did. */
export interface Round {
  readonly expired: number
  readonly filled: number
  readonly tickets: number
  readonly compensations: number
  readonly campaigns: number
  /** Transfers between buckets of spread SKUs. */
  readonly transfers: number
}

interface WorkerEvents {
  /** A compensation waits for an operator. */
  parked: [Compensation]
  /** A message waits for an operator. */
  'message-parked': [Omit<ParkedMessage, 'parkedAt'>]
  /**
   * The ledger cannot follow a partition of the store any more: what it told was lost, or is of an epoch that is over. Looked
   * at again now and then; orders are placed meanwhile, nothing is settled.
   */
  halted: [{ readonly partition: string; readonly error: unknown }]
  /** Something failed; the rest was done, and is tried again in the next round. */
  error: [unknown]
  round: [Round]
}

/**
 * Does what no buyer waits for: expires due holds, fills owed units, decides tickets, goes on with compensations,
 * keeps campaigns in time, evens buckets out, forgets what ended long ago, carries into the ledger what happened in a store before
 * it. Several may run at once, in any number of processes.
 */
export class DeskWorker extends EventEmitter<WorkerEvents> {
  private readonly everyMs: number
  private readonly batchLimit: number
  private readonly telling: { readonly notify: Notify | null; readonly budget: RetryBudget }
  private cancelTimer: (() => void) | null = null
  private running: Promise<void> | null = null
  private stopped = true
  private readonly keptAlive = new ProcessKeptAlive()
  private readonly relay: Relay | null
  private readonly carrier: Carrier | null
  private readonly halted = (partition: string, error: unknown) => this.emit('halted', { partition, error })
  private readonly failed = (error: unknown) => this.fail(error)

  constructor(
    private readonly desk: OrderDesk,
    options: WorkerOptions = {},
  ) {
    super()
    // Structurally: two copies of the package may be loaded.
    if (typeof desk?.parts?.sender?.send !== 'function') throw invalid('desk', 'must be an OrderDesk')
    const checked = parse(workerOptionsSchema, options, 'options')
    this.everyMs = checked.every ?? 250
    this.batchLimit = checked.batchLimit ?? 500
    const { attempts = DEFAULT_BUDGET.attempts, retryAfter = DEFAULT_BUDGET.retryAfterMs } = checked
    this.telling = { notify: options.notify ?? null, budget: { attempts, retryAfterMs: retryAfter } }
    this.carrier = desk.parts.chain?.carrier ?? null
    this.relay = options.publisher === undefined ? null : this.relayTo(options.publisher, options.relay)
  }

  /** Works from now on, and keeps the process alive until it is closed. */
  async start(): Promise<void> {
    if (!this.stopped) return
    this.stopped = false
    this.keptAlive.begin()
    this.goOn(0)
    this.carrier?.on('halted', this.halted).on('error', this.failed).start()
    await this.relay?.start()
  }

  /** Ends after the round under way. */
  async close(): Promise<void> {
    this.stop()
    await this.running
    await this.carrier?.close()
    this.carrier?.off('halted', this.halted).off('error', this.failed)
    await this.relay?.close()
  }

  /** Works until nothing is left to do now. Rejects with the first failure, once everything else was tried. */
  async runOnce(): Promise<Round> {
    let total = NOTHING_DONE
    for (;;) {
      const { failures, ...round } = await this.round()
      if (failures.length > 0) throw failures[0]
      total = sum(total, round)
      if (!isIdle(round)) continue
      await this.carry()
      await this.relay?.drain()
      return total
    }
  }

  /** What happened in the store, into the ledger that follows it. */
  private async carry(): Promise<void> {
    const { chain, store } = this.desk.parts
    if (chain === null) return
    await Promise.all((await store.partitions()).map((partition) => chain.carrier.drain(partition)))
  }

  private relayTo(publisher: Publisher, options: WorkerOptions['relay']): Relay {
    const { outbox } = this.desk.parts
    if (outbox === null) throw invalid('publisher', 'nothing waits to be sent: the store keeps no outbox')
    const relay = new Relay({ ...options, outbox, publisher })
    relay.on('parked', (message) => this.emit('message-parked', message))
    relay.on('error', (error) => this.fail(error))
    return relay
  }

  private stop(): void {
    this.stopped = true
    this.cancelTimer?.()
    this.cancelTimer = null
    this.keptAlive.end()
  }

  private goOn(afterMs: number): void {
    if (this.stopped) return
    const { scheduler } = this.desk.parts
    this.cancelTimer = scheduler.timer(afterMs, () => {
      this.running = this.turn()
    })
  }

  private async turn(): Promise<void> {
    let afterMs = this.everyMs
    try {
      const { failures, ...round } = await this.round()
      if (!isIdle(round) && failures.length === 0) afterMs = 0
      this.emit('round', round)
      for (const failure of failures) this.fail(failure)
    } catch (error) {
      this.fail(error)
    } finally {
      this.goOn(afterMs)
    }
  }

  private fail(error: unknown): void {
    // A desk that was closed has no more work, ever.
    if (isHoldfastError(error, 'closed')) this.stop()
    else if (this.listenerCount('error') > 0) this.emit('error', error)
  }

  /** One of everything. What fails keeps nothing else from being done. */
  private round(): Promise<Round & { readonly failures: readonly unknown[] }> {
    return this.desk.parts.calls.run(async () => {
      const { orders, compensations, campaigns } = this.desk.parts
      const failures: unknown[] = []
      const done = async (work: Promise<number>) =>
        work.catch((error: unknown) => {
          failures.push(errorAsTold(error, undefined))
          return 0
        })
      await done(this.forget())
      return {
        expired: await done(this.expire()),
        filled: await done(this.fill()),
        tickets: orders === null ? 0 : await done(this.decideTickets(failures)),
        compensations: compensations === null ? 0 : await done(this.compensate(failures)),
        campaigns: campaigns === null ? 0 : await done(this.keepTime(failures)),
        transfers: await done(this.rebalance()),
        failures,
      }
    })
  }

  private async expire(): Promise<number> {
    const { parts } = this.desk
    let expired = 0
    for (let more = true; more; ) {
      const limit = Math.min(this.batchLimit, SWEPT_AT_ONCE)
      const outcome = await ask(parts, { kind: 'sweep', limit }, callOf(parts))
      if (outcome.kind !== 'swept') break
      expired += outcome.expired.length
      more = outcome.more
    }
    return expired
  }

  private async fill(): Promise<number> {
    const { parts } = this.desk
    let filled = 0
    for (const partition of await parts.store.partitions()) {
      const fillable = {
        kind: 'list',
        of: 'accounts',
        cursor: null,
        limit: this.batchLimit,
        fillable: true,
      } as const
      const { accounts } = await parts.store.read(partition, fillable)
      for (const { key } of accounts) {
        const outcome = await ask(
          parts,
          { kind: 'fill', account: key, limit: this.batchLimit },
          callOf(parts),
        )
        if (outcome.kind === 'filled') filled += outcome.lines.length
      }
    }
    return filled
  }

  /** Little by little: no round is longer for it. */
  private async forget(): Promise<number> {
    const { store } = this.desk.parts
    if (store.forgetEnded === undefined) return 0
    const partitions = await store.partitions()
    const forgotten = await Promise.all(partitions.map((partition) => store.forgetEnded?.(partition) ?? 0))
    return forgotten.reduce((sum, one) => sum + one, 0)
  }

  private async rebalance(): Promise<number> {
    return this.desk.parts.pieced?.rebalance() ?? 0
  }

  private async decideTickets(failures: unknown[]): Promise<number> {
    const { decided, failures: failed } = await this.desk.tickets.decide(this.batchLimit)
    failures.push(...failed)
    return decided
  }

  private async compensate(failures: unknown[]): Promise<number> {
    const {
      tried,
      parked,
      failures: failed,
    } = await this.desk.compensations.goOn(this.batchLimit, this.telling)
    failures.push(...failed)
    for (const compensation of parked) this.emit('parked', compensation)
    return tried
  }

  private async keepTime(failures: unknown[]): Promise<number> {
    const { changed, failures: failed } = await this.desk.campaigns.keepTime()
    failures.push(...failed)
    return changed
  }
}

/**
 * Due holds that one sweep expires, of as many as there are: it shares its batch with up to 500 orders, whose buyers
 * wait for it. Measured on SQLite, an expiry takes as long as a grant.
 */
const SWEPT_AT_ONCE = 80

const NOTHING_DONE: Round = {
  expired: 0,
  filled: 0,
  tickets: 0,
  compensations: 0,
  campaigns: 0,
  transfers: 0,
}

function isIdle({ expired, filled, tickets, compensations, campaigns, transfers }: Round): boolean {
  return expired + filled + tickets + compensations + campaigns + transfers === 0
}

function sum(one: Round, other: Round): Round {
  return {
    expired: one.expired + other.expired,
    filled: one.filled + other.filled,
    tickets: one.tickets + other.tickets,
    compensations: one.compensations + other.compensations,
    campaigns: one.campaigns + other.campaigns,
    transfers: one.transfers + other.transfers,
  }
}
