import { HoldfastError } from '../errors.js'
import type { Command } from '../port/commands.js'
import type { ReservationStore } from '../port/reservation-store.js'
import type { Scheduler } from '../scheduler.js'
import { AbortWatch } from './abort-watch.js'
import { DeadlineWatch } from './deadline-watch.js'
import { Delivery, type Route } from './delivery.js'
import { Entry } from './entry.js'
import { errorOf } from './failure.js'
import { Flight } from './flight.js'
import { KeyOrder } from './key-order.js'
import { Lane } from './lane.js'
import type { PartitionEpoch } from './partition-epoch.js'
import { RecentRate } from './recent-rate.js'
import type { Tally } from './tally.js'
import type { Teller } from './teller.js'

export interface QueueLimits {
  readonly maxCommands: number
  readonly maxClaims: number
  readonly maxInFlight: number
  readonly maxQueued: number
}

/**
 * The commands of one partition: lanes of those that wait, batches in flight, and when the next one leaves.
 * A batch leaves on a turn of the event loop of its own, one a turn: what the callers just answered ask for next is in
 * it, and a store that works synchronously answers one batch before it is given the next.
 */
export class PartitionQueue {
  private readonly settling = new Lane()
  private readonly reserving = new Lane()
  private readonly background = new Lane()
  private readonly order = new KeyOrder()
  private readonly flights: Flight[] = []
  private readonly rate = new RecentRate()
  private readonly deadlines: DeadlineWatch
  private readonly route: Route
  private queued = 0
  private leaving = false
  /** Set when the settling lane's claims left no room for even one reserve: the next batch takes reserves first. */
  private reservingLeads = false

  constructor(
    store: Pick<ReservationStore, 'apply'>,
    partition: string,
    readonly epoch: PartitionEpoch,
    private readonly limits: QueueLimits,
    private readonly scheduler: Scheduler,
    private readonly tally: Tally,
  ) {
    this.deadlines = new DeadlineWatch(scheduler, this.expire)
    this.route = { store, partition, epoch, finish: (entry) => this.order.leave(entry, 'finished') }
  }

  get idle(): boolean {
    return this.queued === 0 && this.flights.length === 0
  }

  submit(
    command: Command,
    deadline: number,
    signal: AbortSignal | undefined,
    teller: Teller<unknown> | null,
  ): Promise<unknown> {
    if (command.kind === 'reserve' && this.queued >= this.limits.maxQueued) {
      const error = this.overloaded(command.id)
      return Promise.reject(teller === null ? error : teller.failed(error))
    }
    if (this.idle) this.rate.begin(this.scheduler.now())
    const entry = new Entry(command, deadline, teller)
    if (signal !== undefined) entry.abort = new AbortWatch(entry, signal, this.aborted)
    this.order.enter(entry)
    this.laneOf(command).push(entry)
    this.queued++
    this.tally.queued++
    this.deadlines.notice(deadline)
    this.wake()
    return entry.promise
  }

  stop(): void {
    this.deadlines.stop()
  }

  private wake(): void {
    if (this.leaving || this.queued === 0 || this.flights.length >= this.limits.maxInFlight) return
    this.leaving = true
    this.scheduler.defer(this.leave)
  }

  private readonly leave = (): void => {
    this.leaving = false
    if (this.queued === 0 || this.flights.length >= this.limits.maxInFlight) return
    const flight = this.gather(this.scheduler.now())
    if (flight.size > 0) {
      this.queued -= flight.size
      this.tally.queued -= flight.size
      void this.fly(flight)
      this.wake()
    }
    // Nothing may have joined: what waits for a command in flight is looked at again when that one is back.
    this.tally.settleDrains()
  }

  private async fly(flight: Flight): Promise<void> {
    this.flights.push(flight)
    this.tally.flights++
    await new Delivery(flight, this.route).run()
    this.flights.splice(this.flights.indexOf(flight), 1)
    this.tally.flights--
    this.rate.note(flight.size, this.scheduler.now())
    this.wake()
    this.tally.settleDrains()
  }

  /**
   * Settling before reserving, but a quarter of the batch, of its commands and of its claims, is kept for reserves
   * that wait; then at most one sweep or fill. A lane's oldest command is never passed over for a smaller one.
   */
  private gather(now: number): Flight {
    const { maxCommands, maxClaims } = this.limits
    const { settling, reserving, background } = this
    const flight = new Flight()
    const forLanes = maxCommands - Math.min(1, background.waiting)
    const quarter = Math.min(reserving.waiting, Math.ceil(maxCommands / 4))
    const quarterOfClaims = reserving.waiting === 0 ? 0 : Math.ceil(maxClaims / 4)
    const led = this.reservingLeads && reserving.waiting > 0
    if (led) reserving.take(flight, quarter, quarterOfClaims, now, this.drop)
    settling.take(
      flight,
      led ? forLanes : forLanes - quarter,
      led ? maxClaims : maxClaims - quarterOfClaims,
      now,
      this.drop,
    )
    const settled = flight.size
    reserving.take(flight, forLanes, maxClaims, now, this.drop)
    this.reservingLeads = !led && reserving.waiting > 0 && flight.size === settled
    background.take(flight, flight.size + 1, maxClaims, now, this.drop)
    return flight
  }

  private laneOf(command: Command): Lane {
    switch (command.kind) {
      case 'reserve':
        return this.reserving
      case 'sweep':
      case 'fill':
        return this.background
      default:
        return this.settling
    }
  }

  private readonly expire = (now: number): number => {
    let earliest = Math.min(
      this.settling.expire(now, this.drop),
      this.reserving.expire(now, this.drop),
      this.background.expire(now, this.drop),
    )
    for (const flight of this.flights) {
      for (const entry of flight.entries) {
        if (!entry.open) continue
        if (entry.deadline <= now) this.abandon(entry, 'the deadline passed')
        else if (entry.deadline < earliest) earliest = entry.deadline
      }
    }
    this.tally.settleDrains()
    return earliest
  }

  /** Takes a due entry out of the queue; its lane knows. */
  private readonly drop = (entry: Entry): void => {
    this.leaveQueue(entry)
    this.abandon(entry, 'the deadline passed')
  }

  private readonly aborted = (entry: Entry, reason: unknown): void => {
    if (!entry.open) return
    if (entry.standing === 'queued') {
      this.leaveQueue(entry)
      this.laneOf(entry.command).leave()
    }
    this.abandon(entry, 'the call was aborted', reason)
    this.tally.settleDrains()
  }

  private leaveQueue(entry: Entry): void {
    this.order.leave(entry, 'dropped')
    this.queued--
    this.tally.queued--
  }

  /** Answers a caller that waits no longer; what was sent goes on without it. */
  private abandon(entry: Entry, why: string, cause?: unknown): void {
    const details = cause === undefined ? {} : { cause }
    if (entry.standing === 'sent') {
      this.tally.unknown++
      entry.fail(errorOf(entry, 'unknown', `${why} after sending: ask again by the same id`, details))
    } else {
      this.tally.notSent++
      entry.fail(errorOf(entry, 'not-sent', `${why} before anything was sent`, details))
    }
  }

  private overloaded(id: string): HoldfastError {
    this.tally.overloaded++
    const retryAfterMs = this.rate.msFor(this.queued)
    const message = `${this.queued} commands wait already; nothing was sent`
    return new HoldfastError('overloaded', message, { id, retryAfterMs })
  }
}
