import { type OrderEvent, type OrderState, order } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openKnex } from '../../test/files.js'
import { history, IDS, type Step } from '../../test/random-histories.js'
import { eventsOfRow, SqlStore } from '../index.js'
import type { EventRow } from './event-row.js'

test('the events that rows stand for tell the whole story of every order', async () => {
  const knex = openKnex()
  let now = 0
  let stores = 0
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      stores += 1
      const store = new SqlStore(knex, {
        tablePrefix: `s${stores}_`,
        clock: { kind: 'virtual', now: () => now },
      })
      await store.migrate()
      for (const step of steps) {
        if (step.kind === 'wait') now += step.ms
        else await take(store, step)
      }
      const told = new Map<string, OrderState | null>()
      for (const event of (await rowsOf(`s${stores}_outbox`)).flatMap(eventsOfRow)) {
        if (event.aggregate !== 'order') continue
        const before = told.get(event.id) ?? null
        expect(event.version).toBeGreaterThan(before?.version ?? 0)
        told.set(event.id, order.evolve(before, event as OrderEvent))
      }
      const orders = await store.readOrders(IDS)
      expect(IDS.map((id) => inShort(told.get(id) ?? null))).toEqual(orders.map(inShort))
    }),
    { numRuns: 25 },
  )

  async function rowsOf(table: string): Promise<readonly EventRow[]> {
    const rows = await knex(table).select().orderBy('seq')
    return rows.map(({ order_version: orderVersion, aggregateid, ...row }) => ({
      ...row,
      orderVersion,
      aggregateid: aggregateid.toString(),
    }))
  }
})

async function take(store: SqlStore, step: Exclude<Step, { kind: 'wait' }>): Promise<void> {
  if (step.kind === 'apply') await store.apply('main', 1, step.commands)
  else if (step.kind === 'orders') await store.applyToOrders(step.commands)
  else await store.takeQueued(step.limit, step.leaseMs)
}

/** What is told of an order; that its lines or deadline were amended is not. */
function inShort(state: OrderState | null): unknown {
  if (state === null) return null
  const { version, lines, payBy, ...told } = state
  return told
}
