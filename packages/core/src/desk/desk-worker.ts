import { EventEmitter } from 'node:events'
import type { Duration } from '../input/duration.js'
import { workerOptionsSchema } from '../input/options.js'
import { parse } from '../input/parse.js'
import { type Compensation, DEFAULT_BUDGET, type Notify } from './compensations.js'
import type { OrderDesk } from './order-desk.js'
import { ask } from './parts.js'

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
}

/** What one round did. */
export interface Round {
  readonly expired: number
  readonly filled: number
  readonly tickets: number
  readonly compensations: number
  readonly campaigns: number
}

interface WorkerEvents {
  /** A compensation waits for an operator. */
  parked: [Compensation]
  /** A round failed; the next one comes all the same. */
  error: [unknown]
  round: [Round]
}

/**
 * Does what no buyer waits for: expires due holds, fills owed units, decides tickets, goes on with compensations,
 * keeps campaigns in time. Several may run at once, in any number of processes.
 */
export class DeskWorker extends EventEmitter<WorkerEvents> {
  private readonly everyMs: number
  private readonly batchLimit: number
  private cancelTimer: (() => void) | null = null
  private running: Promise<void> | null = null
  private stopped = true

  constructor(
    private readonly desk: OrderDesk,
    options: WorkerOptions = {},
  ) {
    super()
    const checked = parse(workerOptionsSchema, options, 'options')
    this.everyMs = checked.every ?? 250
    this.batchLimit = checked.batchLimit ?? 500
    const { attempts, retryAfterMs } = DEFAULT_BUDGET
    desk.compensations.use(options.notify ?? null, {
      attempts: checked.attempts ?? attempts,
      retryAfterMs: checked.retryAfter ?? retryAfterMs,
    })
  }

  async start(): Promise<void> {
    if (!this.stopped) return
    this.stopped = false
    this.goOn(0)
  }

  /** Ends after the round under way. */
  async close(): Promise<void> {
    this.stopped = true
    this.cancelTimer?.()
    this.cancelTimer = null
    await this.running
  }

  /** Works until nothing is left to do now. */
  async runOnce(): Promise<Round> {
    let total: Round = { expired: 0, filled: 0, tickets: 0, compensations: 0, campaigns: 0 }
    for (;;) {
      const round = await this.round()
      total = sum(total, round)
      if (isIdle(round)) return total
    }
  }

  private goOn(afterMs: number): void {
    if (this.stopped) return
    const { scheduler } = this.desk.parts
    this.cancelTimer = scheduler.timer(afterMs, () => {
      this.running = this.turn()
    })
  }

  private async turn(): Promise<void> {
    let idle = true
    try {
      const round = await this.round()
      idle = isIdle(round)
      this.emit('round', round)
    } catch (error) {
      if (this.listenerCount('error') > 0) this.emit('error', error)
    }
    this.goOn(idle ? this.everyMs : 0)
  }

  private async round(): Promise<Round> {
    const { desk } = this
    const { orders, compensations, campaigns } = desk.parts
    const expired = await this.expire()
    const filled = await this.fill()
    const tickets = orders === null ? 0 : await desk.tickets.decide(this.batchLimit)
    const compensated = compensations === null ? 0 : await this.compensate()
    const kept = campaigns === null ? 0 : await desk.campaigns.keepTime()
    return { expired, filled, tickets, compensations: compensated, campaigns: kept }
  }

  private async expire(): Promise<number> {
    const { parts } = this.desk
    let expired = 0
    for (let more = true; more; ) {
      const outcome = await ask(parts, { kind: 'sweep', limit: this.batchLimit }, parts)
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
        const outcome = await ask(parts, { kind: 'fill', account: key, limit: this.batchLimit }, parts)
        if (outcome.kind === 'filled') filled += outcome.lines.length
      }
    }
    return filled
  }

  private async compensate(): Promise<number> {
    const { tried, parked } = await this.desk.compensations.goOn(this.batchLimit)
    for (const compensation of parked) this.emit('parked', compensation)
    return tried
  }
}

function isIdle({ expired, filled, tickets, compensations, campaigns }: Round): boolean {
  return expired + filled + tickets + compensations + campaigns === 0
}

function sum(one: Round, other: Round): Round {
  return {
    expired: one.expired + other.expired,
    filled: one.filled + other.filled,
    tickets: one.tickets + other.tickets,
    compensations: one.compensations + other.compensations,
    campaigns: one.campaigns + other.campaigns,
  }
}
