import { MemoryStore } from '@holdfast/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SqlStore } from '../src/index.js'
import { history, type Step } from './random-histories.js'
import { everything, type Stepped, stateAndSums, take } from './seen-of.js'

const RUNS = Number(process.env.HOLDFAST_RUNS ?? 60)

describe('SqlStore gives what the in-memory store gives', () => {
  test('outcomes, events, ledger, orders and state, over random histories', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const { sql, memory } = await bothOf(steps, { days: 30 }, everything)
        expect(sql).toEqual(memory)
      }),
      { numRuns: RUNS },
    )
  })

  test('state and sums of the ledger, where ids lapse on the way', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const steady = steps.map(unchangedAfterTheirEnd)
        const { sql, memory } = await bothOf(steady, { milliseconds: 120 }, stateAndSums)
        expect(sql).toEqual(memory)
      }),
      { numRuns: RUNS },
    )
  })
})

/**
 * Memory lets an id that changes after its end lapse somewhat later, and keeps rejected tickets; a database goes by
 * the end alone.
 */
function unchangedAfterTheirEnd(step: Step): Step {
  if (step.kind === 'orders') {
    return { ...step, commands: step.commands.filter(({ kind }) => kind !== 'reject') }
  }
  if (step.kind !== 'apply') return step
  return { ...step, commands: step.commands.filter(({ kind }) => kind !== 'fill' && kind !== 'return') }
}

/** What both stores answer to the same steps, and what can be seen of them in the end. */
async function bothOf(
  steps: readonly Step[],
  retention: { readonly days: number } | { readonly milliseconds: number },
  look: (store: Stepped) => Promise<unknown>,
) {
  let now = 0
  const clock = { kind: 'virtual', now: () => now } as const
  const memory = new MemoryStore({ clock, retention })
  const sql = await SqlStore.open(':memory:', { clock, retention })
  const answers: { readonly sql: unknown[]; readonly memory: unknown[] } = { sql: [], memory: [] }
  try {
    for (const step of steps) {
      if (step.kind === 'wait') now += step.ms
      else {
        answers.sql.push(await take(sql, step))
        answers.memory.push(await take(memory, step))
      }
    }
    return {
      sql: { answers: answers.sql, seen: await look(sql) },
      memory: { answers: answers.memory, seen: await look(memory) },
    }
  } finally {
    await sql.close()
  }
}
