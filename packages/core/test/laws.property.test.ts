import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OrderDesk } from '../src/desk/order-desk.js'
import { MemoryStore } from '../src/memory/store.js'
import type { Command } from '../src/port/commands.js'
import type { Outcome } from '../src/port/outcomes.js'
import * as make from './commands.js'
import { A } from './commands.js'
import { nameOf } from './laws/books.js'
import { ACCOUNTS, histories } from './laws/history.js'
import { Run, runs } from './laws/run.js'
import { mustBe, Violation } from './laws/violation.js'
import { Writer } from './laws/writer.js'
import { HandClock, listed, outcomesOf } from './memory.js'

// The laws, on random histories of at least 50 commands over several SKUs, pools,
// buyers and identities. Whatever an outcome says is judged by a bookkeeping of facts that knows nothing of the
// machines (laws/), and after every batch the store must show what those facts add up to.

/** All laws that speak of states and outcomes, after every batch. */
test('L1 conservation, L2 no counter below zero, L3 limits, L4 guards, L5 ids, L6 endings, L7 undo, L8 once, L9 payments', async () => {
  let judged = 0
  await fc.assert(
    fc.asyncProperty(histories({ lapses: true }), async (batches) => {
      await new Run({ lapses: true }).play(batches, async (_, outcomes) => {
        judged += outcomes.length
      })
    }),
    runs(),
  )
  expect(judged).toBeGreaterThan(50)
}, 600_000)

test('L5 an id granted once is never granted again', async () => {
  let repeated = 0
  await fc.assert(
    fc.asyncProperty(histories({ lapses: false }), async (batches) => {
      const run = new Run({ lapses: false })
      await run.play(batches)
      const notAfter = run.clock.time + 1
      const again = [...run.writer.asked.values()].map((command) => ({ ...command, notAfter }))
      const first = await run.send(again)
      const second = await run.send(again)
      for (const [index, { kind }] of first.entries()) {
        if (kind === 'granted') mustBe('L5', 'a second answer', second[index]?.kind, 'replayed')
      }
      repeated += again.length
    }),
    runs(1 / 6),
  )
  expect(repeated).toBeGreaterThan(0)
}, 600_000)

test('L6 release and expiry are total and idempotent; sweep and extend of an unknown id write nothing', async () => {
  const cause = fc.constantFrom('buyer' as const, 'seller' as const, 'rollback' as const)
  let settled = 0
  await fc.assert(
    fc.asyncProperty(histories({ lapses: false }), cause, async (batches, by) => {
      const run = new Run({ lapses: false })
      await run.play(batches)
      run.clock.time += 5_000
      const written = async () => (await listed(run.store, 'events')).length
      await run.send([make.sweep(1_000), ...run.writer.recent(30).map((id) => make.release(id, by))])
      const before = await written()
      const again = run.writer.recent(30).map((id) => make.release(id, by))
      for (const { kind } of await run.send(again)) mustBe('L6', 'a second release', kind, 'already')
      await run.send([make.sweep(1_000), make.extend('unknown'), make.shrink('unknown')])
      mustBe('L6', 'how much was written', await written(), before)
      settled += again.length
    }),
    runs(1 / 6),
  )
  expect(settled).toBeGreaterThan(0)
}, 600_000)

test('L6 a compensation undoes each step once, in order, however often and by whomever it is driven', async () => {
  const steps = ['order-rolled-back', 'units-restored', 'notified'] as const
  const of = { order: 'o', execution: 'run' } as const
  const failing = { ...of, error: 'boom', budget: 3, retryAfterMs: 10 }
  const commands = fc.oneof(
    fc.constant({ ...of, kind: 'require', home: 'h', reason: 'r' } as const),
    fc.constantFrom(...steps).map((step) => ({ ...of, kind: 'step', step }) as const),
    fc.constant({ ...of, kind: 'step', step: 'notified', execution: 'another' } as const),
    fc.constant({ ...failing, kind: 'fail' } as const),
    fc.constant({ kind: 'resume', order: 'o' } as const),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(commands, { minLength: 50, maxLength: 80, size: 'max' }), async (history) => {
      const store = new MemoryStore({ clock: new HandClock() })
      const done: string[] = []
      for (const command of history) {
        const { outcome } = await store.applyToCompensation(command)
        if (command.kind !== 'step' || (outcome.kind !== 'step-done' && outcome.kind !== 'done')) continue
        done.push(command.step)
        mustBe('L6', 'steps done', done, steps.slice(0, done.length))
        mustBe('L6', 'whether all is done', outcome.kind, done.length === steps.length ? 'done' : 'step-done')
      }
      expect((await store.readCompensation('o'))?.done ?? []).toEqual(done)
    }),
    runs(1 / 6),
  )
}, 600_000)

test('L7 what was undone before it was done is refused, whatever comes between', async () => {
  await fc.assert(
    fc.asyncProperty(histories({ lapses: false }), async (batches) => {
      const run = new Run({ lapses: false })
      const undone = ['undone 1', 'undone 2', 'undone 3']
      await run.send(undone.map((id) => make.release(id)))
      await run.play(batches)
      const late = undone.map((id) => make.reserve(id, { units: [make.units(ACCOUNTS[0] ?? A, 1)] }))
      for (const outcome of await run.send(late))
        mustBe('L7', 'a late reserve', outcome, { kind: 'tombstoned' })
      expect(run.auditor.books.facts.get('undone 1')?.status).toBe('tombstoned')
    }),
    runs(1 / 6),
  )
}, 600_000)

/** Commands that would end a hold, in any order, around its deadline. */
const endings = fc.array(
  fc.record({
    waitMs: fc.constantFrom(0, 0, 300, 700),
    command: fc.constantFrom<Command>(
      ...[make.confirm('o', 'one'), make.confirm('o', 'two'), make.sweep(), make.extend('o', 600)],
      ...(['buyer', 'seller', 'rollback'] as const).map((cause) => make.release('o', cause)),
    ),
  }),
  { minLength: 50, maxLength: 60, size: 'max' },
)

async function playEndings(history: readonly { waitMs: number; command: Command }[]) {
  const run = new Run({ lapses: false })
  await run.send([make.supply('m', A, 3), make.reserve('o', { units: [make.units(A, 2)], maxHoldMs: 2_000 })])
  const told: { readonly command: Command; readonly outcome: Outcome }[] = []
  for (const { waitMs, command } of history) {
    run.clock.time += waitMs
    const [outcome] = await run.send([command])
    if (outcome !== undefined) told.push({ command, outcome })
  }
  return { run, told }
}

test('L8 each unit leaves `reserved` exactly once: one ending of a live hold wins', async () => {
  await fc.assert(
    fc.asyncProperty(endings, async (history) => {
      const { run, told } = await playEndings(history)
      const left = (await listed(run.store, 'ledger')).filter(({ reserved }) => reserved < 0)
      mustBe('L8', 'how often units left `reserved`', left.length, 1)
      const paid = told.filter(({ outcome }) => outcome.kind === 'confirmed' && !outcome.late).length
      const swept = told.filter(
        ({ outcome }) => outcome.kind === 'swept' && outcome.expired.length > 0,
      ).length
      if (paid + swept > 1) throw new Violation('L8', `${paid} payments in time, ${swept} expiries`)
      expect(run.auditor.books.facts.get('o')?.status).not.toBe('held')
    }),
    runs(1 / 3),
  )
}, 600_000)

test('L9 a payment after expiry or release has an explicit outcome, and never a second deduction', async () => {
  await fc.assert(
    fc.asyncProperty(endings, async (history) => {
      const { run, told } = await playEndings(history)
      for (const { command, outcome } of told) {
        if (command.kind !== 'confirm') continue
        if (!['confirmed', 'already', 'refund-required'].includes(outcome.kind))
          throw new Violation('L9', `a payment was answered ${outcome.kind}`)
      }
      const sold = (await listed(run.store, 'ledger')).reduce(
        (sum, entry) => sum + Math.max(0, entry.sold),
        0,
      )
      if (sold > 2) throw new Violation('L9', `${sold} units were sold of 2`)
      const confirmed = told.filter(({ outcome }) => outcome.kind === 'confirmed')
      expect(confirmed.length).toBeLessThanOrEqual(1)
    }),
    runs(1 / 3),
  )
}, 600_000)

test('L10 availability counts the units that a live reservation holds itself as available to it', async () => {
  let asked = 0
  await fc.assert(
    fc.asyncProperty(histories({ lapses: false }), async (batches) => {
      const run = new Run({ lapses: false })
      const { books } = run.auditor
      const desk = new OrderDesk({ store: run.store, policy: {} })
      await run.play(batches, async () => {
        for (const holding of [undefined, ...run.writer.recent(3)]) {
          const fact = holding === undefined ? undefined : books.facts.get(holding)
          const isLive = fact?.status === 'held' && run.clock.time < fact.expiresAt
          for (const key of ACCOUNTS) {
            const line = fact?.lines.find(({ account }) => nameOf(account) === nameOf(key))
            const own = isLive && line !== undefined ? line.quantity - line.owed : 0
            const account = await desk.availability({ ...key, ...(holding !== undefined && { holding }) })
            mustBe('L10', `what ${holding} can have`, account?.available, books.figures(key).available + own)
            mustBe('L10', `what it can buy`, account?.sellable, books.sellable(key) + own)
            asked += own > 0 ? 1 : 0
          }
        }
      })
      await desk.close()
    }),
    runs(1 / 12),
  )
  expect(asked).toBeGreaterThan(0)
}, 600_000)

test('L11 a batch answers as its commands would one by one, in order, at its one instant', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(histories({ lapses: false }), async (batches) => {
      const run = new Run({ lapses: false })
      const twin = new MemoryStore({ clock: run.clock })
      await outcomesOf(twin, new Writer().first())
      await run.play(batches, async (commands, outcomes) => {
        for (const [index, command] of commands.entries()) {
          const [alone] = await outcomesOf(twin, [command])
          mustBe('L11', `${command.kind} alone`, alone, outcomes[index])
        }
        compared += commands.length
      })
      for (const of of ['reservations', 'counters', 'guards', 'strikes', 'ledger'] as const) {
        mustBe('L11', of, await listed(twin, of), await listed(run.store, of))
      }
    }),
    runs(1 / 4),
  )
  expect(compared).toBeGreaterThan(50)
}, 600_000)
