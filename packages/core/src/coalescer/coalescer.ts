import { HoldfastError } from '../errors.js'
import type { Command } from '../port/commands.js'
import type { ReservationStore } from '../port/reservation-store.js'
import type { Scheduler } from '../scheduler.js'
import { systemScheduler } from '../scheduler.js'
import type { Answer } from './entry.js'
import { type EpochSource, PartitionEpoch } from './partition-epoch.js'
import { PartitionQueue, type QueueLimits } from './partition-queue.js'
import { type Drops, Tally } from './tally.js'
import type { Teller } from './teller.js'

export type { Answer, Drops, EpochSource, Teller }

export interface CoalescerOptions {
  /** The real one by default. */
  readonly scheduler?: Scheduler
  /** Most commands in a batch, at least 4 so that every lane has its share: 500 by default. */
  readonly maxCommands?: number
  /** Most units, uses, guards and rows in a batch: 4,000 by default. A command with more of them goes alone. */
  readonly maxClaims?: number
  /** Most batches of a partition with the store at a time: 2 by default. */
  readonly maxInFlight?: number
  /** Most commands of a partition that wait before reserves are refused: 10,000 by default. */
  readonly maxQueued?: number
  /** Who knows the epoch that a partition should be of; without one the store's own word is taken. */
  readonly epochSource?: EpochSource
}

export interface Call {
  /** How long the caller waits, ms from now; Infinity for ever. Kept to within about 10 ms. */
  readonly deadlineMs: number
  /** When that ends, by the scheduler's clock, where it is known: it saves reading the clock for each command. */
  readonly endsAt?: number
  readonly signal?: AbortSignal | undefined
}

/** A deadline that is given as an instant is looked at when the batch leaves. */
const LATER = Number.POSITIVE_INFINITY
/** Beyond this many partitions the queues of idle ones are let go, and their epochs kept. */
const PARTITIONS_KEPT = 1_024

/**
 * Group commit around any reservation store, per partition: the commands of all callers of this process share batches,
 * and with them one lock, one round trip, one write to disk.
 *
 * - No delay is added: a batch leaves on the next turn of the event loop. While `maxInFlight` batches are out, commands
 *   gather, so that batches grow with the load by themselves.
 * - Three lanes: settling (everything else), reserving (`reserve`), background (`sweep`, `fill`). First come, first
 *   served within each; settling goes first, reserving keeps a quarter of each batch, background one command.
 * - Commands of one key (a reservation's id, a movement's) reach the store in the order in which they were submitted,
 *   across lanes too: a later one may share the batch of an earlier one behind it, else it waits until that one is
 *   back. So no id is ever in two batches in flight, and the same id twice in a batch is the store's to answer.
 * - A mixed batch is handed over whole, lane after lane: a store that is faster on commands of one kind cuts it into
 *   runs itself, within its one transaction.
 *
 * What becomes of the commands of a batch that fails is told in `delivery.ts`.
 */
export class Coalescer {
  private readonly queues = new Map<string, PartitionQueue>()
  private readonly epochs = new Map<string, number>()
  private readonly limits: QueueLimits
  private readonly scheduler: Scheduler
  private readonly tally = new Tally()
  private closed = false
  private letGoAt = PARTITIONS_KEPT

  /** Throws `invalid-argument` with the option's path. */
  constructor(
    private readonly store: Pick<ReservationStore, 'apply'>,
    private readonly options: CoalescerOptions = {},
  ) {
    this.scheduler = options.scheduler ?? systemScheduler
    this.limits = {
      maxCommands: atLeast(4, 'maxCommands', options.maxCommands ?? 500),
      maxClaims: atLeast(1, 'maxClaims', options.maxClaims ?? 4_000),
      maxInFlight: atLeast(1, 'maxInFlight', options.maxInFlight ?? 2),
      maxQueued: atLeast(1, 'maxQueued', options.maxQueued ?? 10_000),
    }
  }

  /** Commands that wait to be sent, in all partitions. */
  get depth(): number {
    return this.tally.queued
  }

  get drops(): Drops {
    const { overloaded, notSent, unknown } = this.tally
    return { overloaded, notSent, unknown }
  }

  /**
   * The store's outcome for this command, which must be well-formed and of this partition alone.
   *
   * Rejects with `overloaded` (reserves only), `not-sent` (the deadline passed or the call was aborted while nothing
   * was sent), `unknown` (the same after sending, or the store failed without saying what it wrote: ask again by the
   * same id), `fenced`, `closed`, or the store's own error for this command. Each carries the command's `id`.
   */
  submit(partition: string, command: Command, call: Call): Promise<Answer> {
    return this.enqueue(partition, command, call, null) as Promise<Answer>
  }

  /** As `submit`; the caller gets what the teller makes of the outcome, or of the error. */
  submitFor<Told>(partition: string, command: Command, call: Call, teller: Teller<Told>): Promise<Told> {
    return this.enqueue(partition, command, call, teller) as Promise<Told>
  }

  /**
   * Resolves once nothing is queued or in flight, in any partition. Work submitted meanwhile is waited for as well.
   */
  drain(): Promise<void> {
    return this.tally.drained()
  }

  /** Takes no new work from now on, and resolves when all of the old is answered. The store stays open. */
  async close(): Promise<void> {
    this.closed = true
    await this.tally.drained()
    for (const queue of this.queues.values()) queue.stop()
    this.queues.clear()
  }

  private enqueue(
    partition: string,
    command: Command,
    call: Call,
    teller: Teller<unknown> | null,
  ): Promise<unknown> {
    const { endsAt, signal } = call
    const deadlineMs = endsAt === undefined ? call.deadlineMs : LATER
    const refusal = this.refusal(command, deadlineMs, signal)
    if (refusal !== null) return Promise.reject(teller === null ? refusal : teller.failed(refusal))
    const queue = this.queues.get(partition) ?? this.open(partition)
    return queue.submit(command, endsAt ?? this.scheduler.now() + deadlineMs, signal, teller)
  }

  private refusal(
    command: Command,
    deadlineMs: number,
    signal: AbortSignal | undefined,
  ): HoldfastError | null {
    if (this.closed) return refused(command, 'closed', 'closed: no new work is taken')
    // Written so that NaN counts as passed.
    if (!(deadlineMs > 0)) return refused(command, 'not-sent', 'the deadline passed before anything was sent')
    if (signal?.aborted)
      return refused(command, 'not-sent', 'aborted before anything was sent', signal.reason)
    return null
  }

  private open(partition: string): PartitionQueue {
    if (this.queues.size >= this.letGoAt) this.letIdleGo()
    const epoch = new PartitionEpoch(partition, this.options.epochSource, this.epochs.get(partition) ?? null)
    const queue = new PartitionQueue(this.store, partition, epoch, this.limits, this.scheduler, this.tally)
    this.queues.set(partition, queue)
    return queue
  }

  private letIdleGo(): void {
    for (const [partition, queue] of this.queues) {
      if (!queue.idle) continue
      queue.stop()
      this.queues.delete(partition)
      const { expected } = queue.epoch
      if (expected === null) this.epochs.delete(partition)
      else this.epochs.set(partition, expected)
    }
    // Looked at again only when as many have come on top of those that stay: no search per call.
    this.letGoAt = Math.max(PARTITIONS_KEPT, this.queues.size * 2)
  }
}

function atLeast(least: number, path: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new HoldfastError('invalid-argument', `${path} must be a whole number, at least ${least}`, { path })
}

function refused(
  command: Command,
  code: 'closed' | 'not-sent',
  message: string,
  cause?: unknown,
): HoldfastError {
  const id = 'id' in command ? { id: command.id } : {}
  return new HoldfastError(code, message, cause === undefined ? id : { ...id, cause })
}
