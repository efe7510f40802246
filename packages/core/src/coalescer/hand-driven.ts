import { type HoldfastError, isHoldfastError } from '../errors.js'
import type { Command } from '../port/commands.js'
import type { Applied, Page, ReservationStore } from '../port/reservation-store.js'
import type { Scheduler } from '../scheduler.js'
import { type Call, Coalescer, type CoalescerOptions } from './coalescer.js'
import { nameOf, outcomeOf } from './sample-commands.js'

// What the tests of this folder drive the coalescer with: a scheduler and a store that move only when told to.

interface Timer {
  readonly at: number
  readonly fn: () => void
}

export class HandScheduler implements Scheduler {
  time = 1_000
  timersMade = 0
  readonly timers = new Set<Timer>()
  private deferred: (() => void)[] = []

  now(): number {
    return this.time
  }

  timer(ms: number, fn: () => void): () => void {
    this.timersMade++
    const timer = { at: this.time + ms, fn }
    this.timers.add(timer)
    return () => this.timers.delete(timer)
  }

  defer(fn: () => void): void {
    this.deferred.push(fn)
  }

  /** One turn of the event loop, promises settled before and after. */
  async turn(): Promise<void> {
    await promisesSettle()
    const { deferred } = this
    this.deferred = []
    for (const fn of deferred) fn()
    await promisesSettle()
  }

  /** Turns until nothing is deferred any more. */
  async turns(): Promise<void> {
    do await this.turn()
    while (this.deferred.length > 0)
  }

  async advance(ms: number): Promise<void> {
    const end = this.time + ms
    for (let due = this.nextDue(end); due !== undefined; due = this.nextDue(end)) {
      this.timers.delete(due)
      this.time = Math.max(this.time, due.at)
      due.fn()
      await promisesSettle()
    }
    this.time = end
  }

  private nextDue(end: number): Timer | undefined {
    return [...this.timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
  }
}

/** The queue of promise jobs is empty when the next real turn begins. */
export function promisesSettle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** One call of `apply`, open until the test answers it. */
export interface StoreCall {
  readonly partition: string
  readonly epoch: number | null
  readonly commands: readonly Command[]
  readonly names: readonly string[]
  answer(reply?: Partial<Extract<Applied, { kind: 'applied' }>>): void
  fence(epoch: number | null): void
  fail(error: HoldfastError | Error): void
}

export class HandStore implements ReservationStore {
  readonly capabilities = {
    backorder: true,
    returns: true,
    durable: false,
    partitions: 'many',
    idScope: 'store',
    clock: 'virtual',
    rows: true,
  } as const
  /** Calls not answered yet, oldest first. */
  readonly open: StoreCall[] = []
  readonly calls: StoreCall[] = []
  /** Sees each call as it comes. What it throws is kept, for the coalescer would take it for the store's failure. */
  watch: (call: StoreCall) => void = () => undefined
  private readonly violations: unknown[] = []

  apply(partition: string, epoch: number | null, commands: readonly Command[]): Promise<Applied> {
    return new Promise((resolve, reject) => {
      const close = () => this.open.splice(this.open.indexOf(call), 1)
      const call: StoreCall = {
        partition,
        epoch,
        commands,
        names: commands.map(nameOf),
        answer: (reply = {}) => {
          close()
          resolve({ kind: 'applied', now: 5_000, epoch: 1, outcomes: commands.map(outcomeOf), ...reply })
        },
        fence: (found) => {
          close()
          resolve({ kind: 'fenced', epoch: found })
        },
        fail: (error) => {
          close()
          reject(error)
        },
      }
      this.open.push(call)
      this.calls.push(call)
      try {
        this.watch(call)
      } catch (violation) {
        this.violations.push(violation)
      }
    })
  }

  /** Throws what `watch` objected to first. */
  throwViolation(): void {
    if (this.violations.length > 0) throw this.violations[0]
  }

  /** The only call that is open. */
  get only(): StoreCall {
    const [call] = this.open
    if (call === undefined || this.open.length > 1) throw new Error(`${this.open.length} calls are open`)
    return call
  }

  partitionsOf(): readonly string[] {
    throw new Error('the coalescer is told the partition')
  }
  partitions(): Promise<readonly string[]> {
    throw new Error('not asked by the coalescer')
  }
  read(): Promise<Page> {
    throw new Error('not asked by the coalescer')
  }
  snapshot<T>(): Promise<T> {
    throw new Error('not asked by the coalescer')
  }
  close(): Promise<void> {
    throw new Error('the store is not the coalescer’s to close')
  }
}

/** A caller who waits for ever. */
export const PATIENT: Call = { deadlineMs: Number.POSITIVE_INFINITY }

/** A coalescer whose callers use partition `p`, and a log of what they were told. */
export function setUp(options: CoalescerOptions = {}) {
  const scheduler = new HandScheduler()
  const store = new HandStore()
  const coalescer = new Coalescer(store, { scheduler, ...options })
  const told: string[] = []
  const errors: HoldfastError[] = []
  const submit = (command: Command, call: Call = PATIENT) =>
    coalescer.submit('p', command, call).then(
      ({ outcome }) => {
        told.push(`${nameOf(command)}: ${outcome === outcomeOf(command) ? 'ok' : 'the outcome of another'}`)
      },
      (error: unknown) => {
        if (!isHoldfastError(error)) throw error
        errors.push(error)
        told.push(`${nameOf(command)}: ${error.code}`)
      },
    )
  const submitAll = (...commands: Command[]) => {
    for (const command of commands) void submit(command)
  }
  /** Has every call answered as it comes, until all is quiet. */
  const finish = async (answer = (call: StoreCall) => call.answer()) => {
    await scheduler.turns()
    for (let call = store.open[0]; call !== undefined; call = store.open[0]) {
      answer(call)
      await scheduler.turns()
    }
  }
  const sent = () => store.calls.map((call) => call.names)
  return { scheduler, store, coalescer, told, errors, submit, submitAll, finish, sent }
}
