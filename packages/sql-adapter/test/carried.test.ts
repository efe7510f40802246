import { testLedger } from '@holdfast/conformance'
import { MemoryStore } from '@holdfast/core'
import type { Command, FeedLease, Page } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { SqlStore, type SqlStoreOptions } from '../src/index.js'
import { onEach } from './databases.js'
import { history, type Step } from './random-histories.js'
import { everything, take } from './seen-of.js'
import { emptyTables } from './servers.js'

// What a store in memory decided is carried into a database, in pieces of any size. The reference took all of it itself.

const RUNS = Number(process.env.HOLDFAST_RUNS ?? 40)
const YEAR = 365 * 86_400_000

type Carried = Step & { readonly entries: number }

const carriedHistory = fc
  .tuple(history, fc.infiniteStream(fc.constantFrom(0, 0, 1, 3, 1_000)))
  .map(([steps, sizes]): readonly Carried[] =>
    steps.map((step) => ({ ...withoutCorrections(step), entries: sizes.next().value as number })),
  )

/** Corrections are told by no event: whoever keeps a ledger corrects nothing before it. */
function withoutCorrections(step: Step): Step {
  if (step.kind !== 'apply') return step
  return { ...step, commands: step.commands.filter(({ kind }) => kind !== 'correct' && kind !== 'judge') }
}

await onEach(['sqlite', 'postgres', 'mariadb'], (database) => {
  const knex = database.kind === 'sqlite' ? null : database.connect()
  afterAll(() => knex?.destroy())

  async function fresh(options: SqlStoreOptions = {}): Promise<SqlStore> {
    if (knex === null) return SqlStore.open(':memory:', options)
    const store = new SqlStore(knex, options)
    await store.migrate()
    await emptyTables(knex, 'holdfast_')
    return store
  }

  test('a database that follows is what the store is, over random histories', async () => {
    let now = 0
    const clock = { kind: 'virtual', now: () => now } as const
    const retention = { days: 3_650 }
    const runs = database.kind === 'sqlite' ? RUNS : Math.ceil(RUNS / 4)
    await fc.assert(
      fc.asyncProperty(carriedHistory, async (steps) => {
        now = YEAR
        const ledger = await fresh({ clock, retention })
        const [whole, store] = [new MemoryStore({ clock, retention }), new MemoryStore({ clock, retention })]
        const carry = await carrierOf(store, ledger)
        for (const step of steps) {
          if (step.kind === 'wait') now += step.ms
          else if (step.kind === 'apply') {
            const answer = await take(store, step)
            expect(await take(whole, step)).toEqual(answer)
          } else {
            // Of an order that is on its way the ledger would not know.
            await carry(1_000)
            const answer = await take(ledger, step)
            expect(await take(whole, step)).toEqual(answer)
          }
          await carry(step.entries)
        }
        await carry(1_000)
        expect(inAnyOrder(await everything(ledger))).toEqual(inAnyOrder(await everything(whole)))
        // The ids of movements stand for the same.
        const again = { kind: 'apply', commands: steps.flatMap(movementsOf) } as const
        expect(await take(ledger, again)).toMatchObject({ outcomes: outcomesOf(await take(store, again)) })
        await ledger.close()
      }),
      { numRuns: runs },
    )
  })

  test('a ticket that was submitted becomes the order that the store placed', async () => {
    const ledger = await fresh()
    const store = new MemoryStore()
    const carry = await carrierOf(store, ledger)
    await store.apply('main', null, [restock('in', 10)])
    const orders = ['one', 'two', 'three'].map(reserve)
    for (const { id, home, claims, data } of orders)
      await ledger.applyToOrders([
        { kind: 'submit', id, home, fingerprint: claims.fingerprint, lines: [], data, request: '{}' },
      ])
    await store.apply('main', null, orders)
    await carry(1_000)
    expect(await ledger.readOrders(['one', 'two', 'three'])).toMatchObject(
      Array.from({ length: 3 }, () => ({ status: 'awaiting-payment', version: 2 })),
    )
  })

  testLedger({
    ...{ describe, it: test },
    async create({ clock }) {
      const ledger = await fresh({ clock: { kind: 'virtual', now: () => clock.now() } })
      return { ledger, close: () => ledger.close() }
    },
  })
})

async function leaseOf(store: MemoryStore): Promise<FeedLease> {
  const lease = await store.feed.lease('main', 'test', YEAR)
  if (lease === null) throw new Error('another has it')
  return lease
}

/** Carries so many entries at most. */
async function carrierOf(store: MemoryStore, ledger: SqlStore) {
  const lease = await leaseOf(store)
  return async (most: number) => {
    const [after = null] = await ledger.carried(['main'])
    const entries = (await lease.read(after, 1_000_000)).slice(0, most)
    if (entries.length > 0) await ledger.carry('main', entries)
  }
}

/** What one batch moved is told by account: its supply comes behind what orders moved. Counters at 0 mean nothing. */
function inAnyOrder(seen: Awaited<ReturnType<typeof everything>>) {
  const state = seen.state as Pick<Page, 'counters'>
  const counters = state.counters.filter(({ used, archived }) => used > 0 || archived > 0)
  const ledger = seen.ledger.map((entry) => JSON.stringify(entry)).sort()
  return { ...seen, state: { ...state, counters }, ledger }
}

function movementsOf(step: Step): readonly Command[] {
  if (step.kind !== 'apply') return []
  return step.commands.filter(({ kind }) => kind === 'supply' || kind === 'transfer' || kind === 'return')
}

function outcomesOf(applied: unknown): readonly unknown[] {
  return (applied as { readonly outcomes: readonly unknown[] }).outcomes
}

const PHONE = { sku: 'PHONE', pool: 'default' }

function restock(movement: string, delta: number): Command {
  return { kind: 'supply', movement, account: PHONE, delta, cause: 'restock' }
}

function reserve(id: string): Extract<Command, { kind: 'reserve' }> {
  const fingerprint = { buyer: id, lines: 'one' }
  return {
    ...{ kind: 'reserve', id, home: id, refuse: null, risk: null, stock: 'take', data: null, rows: null },
    claims: { fingerprint, units: [{ account: PHONE, quantity: 1 }], uses: [], backorder: false },
    guards: [{ name: `unpaid/shop/${id}`, prior: [] }],
    ...{ notAfter: 2 * YEAR * 100, holdMs: 900_000, maxHoldMs: 900_000 },
  }
}
