import { isHoldfastError } from '@holdfast/core'
import { LawBroken, law } from '../laws/law-broken.js'
import type { Ask } from '../shop/ask.js'
import { OrderAsks } from '../shop/order-asks.js'
import { OrdersAskedFor } from '../shop/orders-asked-for.js'
import { Rulebook } from '../shop/shop-rules.js'
import { StockAsks } from '../shop/stock-asks.js'
import { AuditedStore, type ShopStore } from './audited-store.js'
import { Chance } from './chance.js'
import type { Surroundings } from './link.js'
import { Process } from './process.js'
import { SimulatedTime } from './simulated-time.js'
import { Tally } from './tally.js'
import { Trace } from './trace.js'
import { Weather } from './weather.js'

export interface WorldOptions {
  readonly seed: number
  /** Whether calls and replies take their time, so that they overtake each other. */
  readonly isAsynchronous: boolean
  /** Whether the trace is digested, to compare two runs. */
  readonly isDigested?: boolean
  /** A fresh store on the world's clock. */
  readonly newStore: (options: { readonly clock: SimulatedTime; readonly retentionMs: number }) => ShopStore
  /** Stands between a process and its desk: for planted bugs. */
  readonly wrapDesk?: (desk: Process['desk']) => Process['desk']
}

interface OpenCall {
  readonly ask: Ask
  readonly process: Process
  readonly since: number
}

/** Processes at a time: one that crashes or closes is followed by the next. */
const PROCESSES = 2
/** Asks remembered, to be asked again. */
const REMEMBERED = 48
const ORDERS = 40
/** A call has 10 s, and reads beside, each of which takes 4 s at most. */
const LONGEST_ANSWER_MS = 60_000
/** Closing waits for what hangs in the store, past the deadlines of those who asked. */
const LONGEST_CLOSING_MS = 600_000

/** A shop of several processes on one store, its time, its chance and its faults. */
export class World {
  readonly time = new SimulatedTime()
  readonly chance: Chance
  readonly tally = new Tally()
  readonly trace: Trace
  readonly weather: Weather
  readonly store: AuditedStore
  readonly orders: OrdersAskedFor
  readonly orderAsks: OrderAsks
  readonly stockAsks: StockAsks
  readonly rules: Rulebook
  readonly processes: Process[] = []
  readonly asked: Ask[] = []
  private readonly open = new Set<OpenCall>()
  private readonly around: Surroundings
  private broken: LawBroken | null = null
  private unexpected: unknown = null
  private started = 0

  constructor(private readonly options: WorldOptions) {
    const { seed, isAsynchronous, isDigested = false, newStore } = options
    this.chance = new Chance(seed)
    this.trace = new Trace(isDigested)
    this.weather = new Weather(this.chance, isAsynchronous)
    this.rules = new Rulebook(this.chance)
    const { time, chance, tally, trace, weather, rules } = this
    const { retentionMs } = rules
    this.orders = new OrdersAskedFor(ORDERS, retentionMs, () => time.now())
    const kept = { clock: time, retentionMs }
    this.store = new AuditedStore({ store: newStore(kept), retentionMs, tally, trace })
    this.around = { store: this.store, time, chance, weather, tally, trace }
    this.orderAsks = new OrderAsks(chance, this.orders, rules.hasPools)
    this.stockAsks = new StockAsks(chance, this.orderAsks, rules.hasPools, {
      now: () => time.now(),
      moment: () => `${time.now()} ${this.store.changes}`,
      isSpread: (sku) => this.store.store.spread?.includes(sku) === true,
      availableTo: (key, id) => this.store.availableTo(key, id, time.now()),
    })
    while (this.processes.length < PROCESSES) this.start()
  }

  /** Calls that wait for their answer. */
  get waiting(): number {
    return this.open.size
  }

  anyProcess(): Process {
    return this.chance.oneOf(this.processes)
  }

  /** Asks, and does not wait. */
  ask(ask: Ask, process = this.anyProcess()): void {
    this.trace.step++
    this.trace.note(`ask ${process.name}: ${ask.kind}`, ask.about)
    this.asked.push(ask)
    if (this.asked.length > REMEMBERED) this.asked.shift()
    const call = { ask, process, since: this.time.now() }
    this.open.add(call)
    ask.run(process.desk).then(
      (result) => this.told(call, result),
      (error: unknown) => this.failed(call, error),
    )
  }

  /** Lets a process do what no buyer waits for. */
  work(process: Process): Promise<void> {
    this.trace.step++
    this.trace.note(`work ${process.name}`)
    return process.worker.runOnce().then(
      (round) => {
        for (const [what, times] of Object.entries(round)) this.tally.count('work', what, times as number)
      },
      (error: unknown) => this.noteError('work', error),
    )
  }

  crash(process: Process): void {
    this.trace.step++
    this.trace.note(`crash ${process.name}`)
    this.tally.count('processes', 'crashed')
    process.crash()
    this.leave(process)
  }

  /** Ends as it should: every call is answered first. */
  restart(process: Process): void {
    if (process.isClosing) return
    this.trace.step++
    process.isClosing = true
    this.trace.note(`close ${process.name}`)
    const call = { ask: { kind: 'close', about: null, run: async () => {} }, process, since: this.time.now() }
    this.open.add(call)
    void process.desk.close().then(() => {
      if (!this.open.delete(call)) return
      const left = [...this.open].filter((one) => one.process === process)
      this.hold(() =>
        law('closing waits for every call', left.length === 0, () => left.map(({ ask }) => ask.kind)),
      )
      this.tally.count('processes', 'closed')
      process.crash()
      this.leave(process)
    })
  }

  /** Lets everything happen that can happen now. @throws LawBroken */
  async settle(): Promise<void> {
    await this.time.settle(this.chance)
    this.assertUnbroken()
  }

  /** @throws LawBroken */
  async pass(ms: number): Promise<void> {
    await this.time.pass(ms, this.chance)
    for (const { ask, process, since } of this.open) {
      const waited = this.time.now() - since
      const longest = ask.kind === 'close' ? LONGEST_CLOSING_MS : LONGEST_ANSWER_MS
      if (waited <= ms + longest) continue
      law('a call is answered by its deadline', false, () => ({
        kind: ask.kind,
        process: process.name,
        waited,
      }))
    }
    this.assertUnbroken()
  }

  /** @throws LawBroken, or whatever failed that must not */
  assertUnbroken(): void {
    if (this.unexpected !== null) throw this.unexpected
    const broken = this.store.broken ?? this.broken
    if (broken !== null) throw broken
  }

  private start(): void {
    const process = new Process(
      `p${this.started++}`,
      this.around,
      this.rules.edition(),
      this.options.wrapDesk,
    )
    this.processes.push(process)
    this.tally.count('processes', 'started')
  }

  private leave(process: Process): void {
    for (const call of this.open) if (call.process === process) this.open.delete(call)
    this.processes.splice(this.processes.indexOf(process), 1)
    this.start()
  }

  private told(call: OpenCall, result: unknown): void {
    if (!this.open.delete(call)) return
    const { kind, about } = call.ask
    this.trace.note(`told ${kind}`, result)
    const said = typeof result === 'object' && result !== null && 'ok' in result ? (result as Said) : null
    const word = said === null ? 'told' : said.ok ? (said.replayed === true ? 'replayed' : 'ok') : said.reason
    this.tally.count('told', `${kind}: ${word}`)
    this.hold(() => {
      const asked = (about as { readonly id?: string } | null)?.id
      const isOfIt = said?.id === undefined || asked === undefined || said.id === asked
      law('an answer is about what was asked', isOfIt, () => ({ about, result }))
      call.ask.told?.(result as never)
    })
  }

  private failed(call: OpenCall, error: unknown): void {
    if (!this.open.delete(call)) return
    this.noteError(call.ask.kind, error)
  }

  private noteError(kind: string, error: unknown): void {
    if (error instanceof LawBroken) this.broken ??= error
    else if (isHoldfastError(error) && EXPECTED_ERRORS.has(error.code)) {
      this.trace.note(`error ${kind}`, error.code)
      this.tally.count('errors', error.code)
    } else this.unexpected ??= error
  }

  private hold(check: () => void): void {
    try {
      check()
    } catch (error) {
      if (error instanceof LawBroken) this.broken ??= error
      else this.unexpected ??= error
    }
  }
}

interface Said {
  readonly ok: boolean
  readonly id?: string
  readonly replayed?: boolean
  readonly reason: string
}

/** What a shop on a bad day must be ready for; anything else is a bug. */
const EXPECTED_ERRORS: ReadonlySet<string> = new Set([
  'overloaded',
  'not-sent',
  'unknown',
  'fenced',
  'closed',
  'store-failed',
  'invariant-violated',
])
