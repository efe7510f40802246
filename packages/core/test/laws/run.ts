import type fc from 'fast-check'
import { MemoryStore } from '../../src/memory/store.js'
import type { Command } from '../../src/port/commands.js'
import type { Outcome } from '../../src/port/outcomes.js'
import { HandClock, outcomesOf } from '../memory.js'
import { Auditor } from './auditor.js'
import { compare, compareHistory } from './compare.js'
import { type Batch, RETENTION, RETENTION_MS } from './history.js'
import { Writer } from './writer.js'

/**
 * Histories of one property. `HOLDFAST_RUNS` says how many; a failure tells its seed and path, which
 * `HOLDFAST_SEED` and `HOLDFAST_PATH` run again.
 */
export function runs(share = 1): fc.Parameters<unknown> {
  const { HOLDFAST_RUNS, HOLDFAST_SEED, HOLDFAST_PATH } = process.env
  const numRuns = Math.max(1, Math.round(Number(HOLDFAST_RUNS ?? 800) * share))
  return {
    numRuns,
    ...(HOLDFAST_SEED !== undefined && { seed: Number(HOLDFAST_SEED) }),
    ...(HOLDFAST_PATH !== undefined && { path: HOLDFAST_PATH }),
  }
}

const YEARS = { days: 3_650 }

/** One history on a store of its own, every outcome of it judged, every state compared with the facts. */
export class Run {
  readonly clock = new HandClock(1_000_000)
  readonly store: MemoryStore
  readonly auditor = new Auditor()
  readonly writer = new Writer()
  private readonly retentionMs: number

  constructor(options: { readonly lapses: boolean }) {
    this.store = new MemoryStore({ clock: this.clock, retention: options.lapses ? RETENTION : YEARS })
    this.retentionMs = options.lapses ? RETENTION_MS : Number.POSITIVE_INFINITY
  }

  /** Applies one batch; afterwards all laws hold. */
  async send(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const { clock, auditor, writer } = this
    const outcomes = await outcomesOf(this.store, commands)
    for (const [index, command] of commands.entries()) {
      const outcome = outcomes[index]
      if (outcome === undefined) throw new Error(`${command.kind} has no outcome`)
      auditor.record(command, outcome, clock.time)
      writer.heard(command, outcome)
    }
    await compare(this.store, auditor.books, clock.time, this.retentionMs)
    return outcomes
  }

  /** Plays a history from its beginning to its end. `after` is told of every batch. */
  async play(
    batches: readonly Batch[],
    after: (commands: readonly Command[], outcomes: readonly Outcome[]) => Promise<void> = async () => {},
  ): Promise<void> {
    await this.send(this.writer.first())
    for (const { waitMs, steps } of batches) {
      this.clock.time += waitMs
      const commands = steps.map((step) => this.writer.command(step, this.clock.time))
      await after(commands, await this.send(commands))
    }
    await compareHistory(this.store)
  }
}
