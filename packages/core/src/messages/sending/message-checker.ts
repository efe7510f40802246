import { EventEmitter } from 'node:events'
import type { Duration } from '../../input/duration.js'
import { checkerOptionsSchema } from '../../input/message.js'
import { parse } from '../../input/parse.js'
import type {
  CheckAnswer,
  CheckReport,
  DueCheck,
  HalfMessage,
  HalfMessageStore,
} from '../../port/half-message-store.js'
import { type Scheduler, systemScheduler } from '../../scheduler.js'
import { Rest } from '../rest.js'
import { waitAfter } from '../waits.js'

export interface MessageCheckerOptions {
  readonly halfMessages: HalfMessageStore
  /**
   * Asks the sender: `(half) => messages.answer(half.message)` where it is this process, else by `half.checkAt`. What it
   * throws was not delivered, and does not count.
   */
  readonly check: (half: HalfMessage) => Promise<CheckAnswer> | CheckAnswer
  /** How often it is looked for what is due: once a second if absent. */
  readonly every?: Duration | undefined
  /** Delivered checks without a decision after which the message waits for an operator: 15 if absent. */
  readonly checks?: number | undefined
  /** Wait before the second check, doubled with each further one to ten minutes: 10 seconds if absent. */
  readonly retryAfter?: Duration | undefined
  /** How long decided ones are kept, so that a sender may ask: an hour if absent. */
  readonly retention?: Duration | undefined
  /** Checks that are under way at once, at most: 50 if absent. */
  readonly batchLimit?: number | undefined
  readonly scheduler?: Scheduler | undefined
}

interface CheckerEvents {
  /** A message was checked as often as may be, and waits for an operator. */
  parked: [HalfMessage]
  error: [unknown]
}

const LEASE_MS = 30_000
const LONGEST_RETRY_MS = 600_000
const HOUR_MS = 3_600_000
/** Decided messages removed at once. */
const MOST_REMOVED = 1_000

/** Finds out what became of half messages of which nothing more was heard. Several may run at once. */
export class MessageChecker extends EventEmitter<CheckerEvents> {
  private readonly setting: Required<{
    readonly [Name in 'everyMs' | 'checks' | 'retryMs' | 'retentionMs' | 'batch']: number
  }>
  private readonly scheduler: Scheduler
  private readonly rest: Rest
  private running: Promise<void> | null = null
  private stopped = true

  /** @throws HoldfastError `invalid-argument` with the option's path */
  constructor(private readonly options: MessageCheckerOptions) {
    super()
    const checked = parse(checkerOptionsSchema, options, 'options')
    this.setting = {
      everyMs: checked.every ?? 1_000,
      checks: checked.checks ?? 15,
      retryMs: checked.retryAfter ?? 10_000,
      retentionMs: checked.retention ?? HOUR_MS,
      batch: checked.batchLimit ?? 50,
    }
    this.scheduler = options.scheduler ?? systemScheduler
    this.rest = new Rest(this.scheduler)
  }

  async start(): Promise<void> {
    if (!this.stopped) return
    this.stopped = false
    this.running = this.run()
  }

  /** Ends after the checks under way. */
  async close(): Promise<void> {
    this.stopped = true
    this.rest.wake()
    await this.running
  }

  /**
   * Checks what is due now, and removes what was decided long ago.
   *
   * @returns how many were checked
   */
  async runOnce(): Promise<number> {
    const { halfMessages } = this.options
    const { batch, retentionMs } = this.setting
    let checked = 0
    for (;;) {
      const due = await halfMessages.takeDue(batch, LEASE_MS)
      await Promise.all(due.map((one) => this.check(one)))
      checked += due.length
      if (due.length < batch) break
    }
    while ((await halfMessages.removeDecided(retentionMs, MOST_REMOVED)) === MOST_REMOVED);
    return checked
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.runOnce()
      } catch (error) {
        this.fail(error)
      }
      if (!this.stopped) await this.rest.take(this.setting.everyMs)
    }
  }

  private async check(due: DueCheck): Promise<void> {
    const { checks, retryMs } = this.setting
    const { half } = due
    const report = await this.asked(half)
    const retryAfterMs = waitAfter(half.checks, retryMs, LONGEST_RETRY_MS)
    try {
      const isTaken = await this.options.halfMessages.report(due, report, { checks, retryAfterMs })
      const isSpent = report.kind === 'answered' && report.answer === 'unknown' && half.checks + 1 >= checks
      if (isTaken && isSpent) this.emit('parked', half)
    } catch (error) {
      // Its lease ends, and it is checked again.
      this.fail(error)
    }
  }

  private async asked(half: HalfMessage): Promise<CheckReport> {
    try {
      return { kind: 'answered', answer: await this.options.check(half) }
    } catch (error) {
      this.fail(error)
      return { kind: 'not-delivered', error: error instanceof Error ? error.message : String(error) }
    }
  }

  private fail(error: unknown): void {
    if (this.listenerCount('error') > 0) this.emit('error', error)
  }
}
