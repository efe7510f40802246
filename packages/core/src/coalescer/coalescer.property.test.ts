import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HoldfastError, isHoldfastError } from '../errors.js'
import type { Command } from '../port/commands.js'
import { Coalescer } from './coalescer.js'
import { claimsOf, keyOf } from './entry.js'
import { HandScheduler, HandStore, type StoreCall } from './hand-driven.js'
import { confirm, fill, nameOf, outcomeOf, release, reserve, supply, sweep } from './sample-commands.js'

const LIMITS = { maxCommands: 8, maxClaims: 12, maxInFlight: 2, maxQueued: 25 }

type Step =
  | {
      readonly do: 'submit'
      readonly command: Command
      readonly deadlineMs: number
      readonly abortable: boolean
    }
  | { readonly do: 'turn' }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'abort'; readonly pick: number }
  | {
      readonly do: 'reply'
      readonly pick: number
      readonly how: 'answer' | 'refuse' | 'name' | 'lose' | 'fence'
    }

/** A submitted command and what became of it. */
interface Submitted {
  readonly command: Command
  readonly deadline: number
  readonly abort: AbortController | undefined
  answers: string[]
  timesSent: number
  timesApplied: number
}

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const claims = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.constant(30))
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(id, claims).map(([of, count]) => reserve(of, count)) },
  { weight: 3, arbitrary: fc.tuple(id, claims).map(([of, count]) => confirm(of, count)) },
  { weight: 2, arbitrary: id.map((of) => release(of)) },
  { weight: 1, arbitrary: id.map((of) => supply(`movement ${of}`)) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1).map((n) => (n === 0 ? sweep() : fill())) },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      command,
      deadlineMs: fc.constantFrom(5, 30, 100, Number.POSITIVE_INFINITY),
      abortable: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), pick: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('reply' as const),
      pick: fc.nat(),
      how: fc.constantFrom('answer', 'answer', 'answer', 'refuse', 'name', 'lose', 'fence'),
    }),
  },
)

/** Runs the steps, checks every call as it reaches the store, and answers what is left at the end. */
class Run {
  readonly scheduler = new HandScheduler()
  readonly store = new HandStore()
  readonly coalescer = new Coalescer(this.store, {
    ...LIMITS,
    scheduler: this.scheduler,
    epochSource: async () => 1,
  })
  readonly all: Submitted[] = []
  private readonly of = new Map<Command, Submitted>()

  constructor() {
    this.store.watch = (call) => this.check(call)
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'submit') this.submit(step)
    else if (step.do === 'turn') await this.scheduler.turn()
    else if (step.do === 'advance') await this.scheduler.advance(step.ms)
    else if (step.do === 'abort') this.all[step.pick % this.all.length]?.abort?.abort()
    else this.reply(step)
  }

  /** Everybody is answered, or the coalescer is stuck. */
  async end(): Promise<void> {
    const closed = this.coalescer.close()
    await this.scheduler.turns()
    for (let call = this.store.open[0]; call !== undefined; call = this.store.open[0]) {
      this.applied(call)
      call.answer()
      await this.scheduler.turns()
    }
    await closed
    this.store.throwViolation()
    for (const submitted of this.all) {
      expect(submitted.answers, nameOf(submitted.command)).toHaveLength(1)
      this.checkEnd(submitted)
    }
  }

  private submit({ command, deadlineMs, abortable }: Step & { do: 'submit' }): void {
    // The same command object may be drawn twice: each submission is one of its own.
    const own = { ...command }
    const abort = abortable ? new AbortController() : undefined
    const deadline = this.scheduler.now() + deadlineMs
    const submitted = {
      command: own,
      deadline,
      abort,
      answers: [] as string[],
      timesSent: 0,
      timesApplied: 0,
    }
    this.all.push(submitted)
    this.of.set(own, submitted)
    const depth = this.coalescer.depth
    this.coalescer.submit('p', own, { deadlineMs, signal: abort?.signal }).then(
      ({ outcome }) => submitted.answers.push(outcome === outcomeOf(own) ? 'ok' : 'of another command'),
      (error: unknown) => {
        const uncalledFor = isHoldfastError(error, 'overloaded') && depth < LIMITS.maxQueued
        submitted.answers.push(
          uncalledFor ? 'refused too early' : isHoldfastError(error) ? error.code : String(error),
        )
      },
    )
    if (own.kind === 'reserve')
      expect(this.coalescer.depth).toBeLessThanOrEqual(Math.max(depth, LIMITS.maxQueued))
  }

  private reply({ pick, how }: Step & { do: 'reply' }): void {
    const call = this.store.open[pick % this.store.open.length]
    if (call === undefined) return
    if (how === 'answer') {
      this.applied(call)
      call.answer()
    } else if (how === 'refuse') call.fail(new HoldfastError('store-failed', 'nothing was written'))
    else if (how === 'fence') call.fence(2)
    else if (how === 'lose') {
      // Written or not: the worse of the two for whoever would send it again.
      this.applied(call)
      call.fail(new Error('connection lost'))
    } else {
      const commandIndex = pick % call.commands.length
      call.fail(new HoldfastError('row-rejected', 'this one', { commandIndex }))
    }
  }

  private applied(call: StoreCall): void {
    for (const command of call.commands) this.submissionOf(command).timesApplied++
  }

  private check(call: StoreCall): void {
    const { commands } = call
    expect(this.store.open.length).toBeLessThanOrEqual(LIMITS.maxInFlight)
    expect(commands.length).toBeGreaterThan(0)
    expect(commands.length).toBeLessThanOrEqual(LIMITS.maxCommands)
    expect(commands.filter(isBackground).length).toBeLessThanOrEqual(1)
    const weights = commands.map(claimsOf).filter((weight) => weight > 0)
    if (weights.length > 1) expect(weights.reduce((sum, n) => sum + n)).toBeLessThanOrEqual(LIMITS.maxClaims)
    const keys = new Set(commands.map(keyOf))
    for (const other of this.store.open) {
      if (other === call) continue
      for (const command of other.commands)
        if (keyOf(command) !== null) expect(keys).not.toContain(keyOf(command))
    }
    for (const command of commands) this.checkOrder(command, commands)
  }

  /** All earlier ones of its key are answered or given up, or stand before it in the same call. */
  private checkOrder(command: Command, sameCall: readonly Command[]): void {
    const submitted = this.submissionOf(command)
    submitted.timesSent++
    expect(submitted.answers).toEqual([])
    expect(submitted.timesApplied).toBe(0)
    const key = keyOf(command)
    if (key === null) return
    for (const earlier of this.all) {
      if (earlier === submitted) break
      if (keyOf(earlier.command) !== key || earlier.answers.length > 0) continue
      const givenUp = earlier.deadline <= this.scheduler.now() || earlier.abort?.signal.aborted === true
      const before = sameCall.indexOf(earlier.command)
      const inOrder = before >= 0 && before < sameCall.indexOf(command)
      if (!givenUp && !inOrder) throw new Error(`${nameOf(command)} overtook ${nameOf(earlier.command)}`)
    }
  }

  private checkEnd({ answers, command, timesSent, timesApplied }: Submitted): void {
    const [answer] = answers
    expect(timesApplied).toBeLessThanOrEqual(1)
    if (answer === 'ok') expect(timesApplied).toBe(1)
    else if (answer === 'overloaded') expect([command.kind, timesSent]).toEqual(['reserve', 0])
    else if (answer === 'unknown') expect(timesSent).toBeGreaterThan(0)
    else {
      expect(['not-sent', 'store-failed', 'row-rejected', 'fenced']).toContain(answer)
      expect(timesApplied).toBe(0)
    }
  }

  private submissionOf(command: Command): Submitted {
    const submitted = this.of.get(command)
    if (submitted === undefined) throw new Error('a command that nobody submitted')
    return submitted
  }
}

function isBackground(command: Command): boolean {
  return command.kind === 'sweep' || command.kind === 'fill'
}

test('none is lost, none answered twice or for another, none applied after a definite no, order kept', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }), async (steps) => {
      const run = new Run()
      for (const step of steps) await run.take(step)
      await expect(run.end()).resolves.toBeUndefined()
    }),
    { numRuns: 400 },
  )
}, 60_000)

test('while both lanes wait, each batch is at least a quarter reserves and the rest is settling', async () => {
  const bursts = fc.array(fc.record({ settling: fc.nat(40), reserving: fc.nat(40), sweeps: fc.nat(3) }), {
    minLength: 1,
    maxLength: 8,
  })
  await fc.assert(
    fc.asyncProperty(bursts, fc.integer({ min: 4, max: 20 }), async (rounds, maxCommands) => {
      const scheduler = new HandScheduler()
      const store = new HandStore()
      const coalescer = new Coalescer(store, { scheduler, maxCommands, maxInFlight: 1 })
      const waiting = { settling: 0, reserving: 0, sweeps: 0 }
      store.watch = ({ commands }) => {
        const sweeps = commands.filter(isBackground).length
        const reserving = commands.filter(({ kind }) => kind === 'reserve').length
        const settling = commands.length - sweeps - reserving
        expect(sweeps).toBe(Math.min(waiting.sweeps, 1))
        expect(reserving).toBeGreaterThanOrEqual(Math.min(waiting.reserving, Math.ceil(maxCommands / 4)))
        const rest = maxCommands - sweeps - Math.min(waiting.reserving, Math.ceil(maxCommands / 4))
        expect(settling).toBe(Math.min(waiting.settling, rest))
        const total = waiting.settling + waiting.reserving + sweeps
        expect(commands.length).toBe(Math.min(total, maxCommands))
        waiting.settling -= settling
        waiting.reserving -= reserving
        waiting.sweeps -= sweeps
      }
      const call = { deadlineMs: Number.POSITIVE_INFINITY }
      const answers: Promise<unknown>[] = []
      let made = 0
      for (const { settling, reserving, sweeps } of rounds) {
        for (let n = 0; n < settling; n++) answers.push(coalescer.submit('p', confirm(`${made++}`), call))
        for (let n = 0; n < reserving; n++) answers.push(coalescer.submit('p', reserve(`${made++}`), call))
        for (let n = 0; n < sweeps; n++) answers.push(coalescer.submit('p', sweep(), call))
        waiting.settling += settling
        waiting.reserving += reserving
        waiting.sweeps += sweeps
        await scheduler.turns()
        store.open[0]?.answer()
        await scheduler.turns()
      }
      while (store.open.length > 0) {
        store.only.answer()
        await scheduler.turns()
      }
      await Promise.all(answers)
      store.throwViolation()
      expect(waiting).toEqual({ settling: 0, reserving: 0, sweeps: 0 })
    }),
    { numRuns: 200 },
  )
}, 60_000)

test('whatever commands are bad, named or not: they alone are refused, all others applied once, in order', async () => {
  const batch = fc.array(fc.record({ id, bad: fc.boolean() }), { minLength: 1, maxLength: 60 })
  const bad = (command: Command) => command.kind === 'reserve' && command.data === 'bad'
  await fc.assert(
    fc.asyncProperty(batch, fc.boolean(), async (wanted, named) => {
      const scheduler = new HandScheduler()
      const store = new HandStore()
      const coalescer = new Coalescer(store, { scheduler, maxCommands: 16 })
      const applied: Command[] = []
      store.watch = (call) => {
        const index = call.commands.findIndex(bad)
        if (index < 0) {
          applied.push(...call.commands)
          call.answer()
        } else {
          const details = named ? { commandIndex: index } : {}
          call.fail(new HoldfastError('invariant-violated', 'overdrawn', details))
        }
      }
      const commands = wanted.map(({ id, bad }) => ({ ...reserve(id), data: bad ? 'bad' : null }))
      const answers = commands.map((command) =>
        coalescer.submit('p', command, { deadlineMs: 1_000 }).then(
          () => 'ok',
          (error: HoldfastError) => `${error.code} ${error.id}`,
        ),
      )
      await scheduler.turns()
      expect(await Promise.all(answers)).toEqual(
        commands.map((command) => (bad(command) ? `invariant-violated ${command.id}` : 'ok')),
      )
      store.throwViolation()
      const good = commands.filter((command) => !bad(command))
      expect(applied).toHaveLength(good.length)
      for (const of of ['a', 'b', 'c', 'd', 'e']) {
        const inOrder = (list: Command[]) => list.filter((command) => keyOf(command) === of)
        expect(inOrder(applied)).toEqual(inOrder(good))
      }
    }),
    { numRuns: 200 },
  )
}, 60_000)
