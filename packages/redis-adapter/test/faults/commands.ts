import { type Applied, type Command, isHoldfastError, type Outcome } from '@holdfast/core/adapter'
import { expect } from 'vitest'
import type { RedisStore } from '../../src/index.js'

const ACCOUNT = { sku: 'PHONE', pool: 'default' }
const MINUTE = 60_000

export function supply(movement: string, delta: number): Command {
  return { kind: 'supply', movement, account: ACCOUNT, delta, cause: 'restock' }
}

/** One unit, a use of a limit and a guard. */
export function reserve(id: string, user = id): Command {
  const uses = [{ counter: `limit/one/shop/${user}`, prior: [], max: 5, lines: [0], from: 0, to: null }]
  return {
    ...{ kind: 'reserve', id, home: user, refuse: null, risk: null, stock: 'take', data: null, rows: null },
    claims: {
      fingerprint: { buyer: user, lines: 'one' },
      units: [{ account: ACCOUNT, quantity: 1 }],
      uses,
      backorder: false,
    },
    guards: [{ name: `unpaid/shop/${user}`, prior: [] }],
    notAfter: Number.MAX_SAFE_INTEGER,
    holdMs: 15 * MINUTE,
    maxHoldMs: 30 * MINUTE,
  }
}

export function confirm(id: string): Command {
  return { kind: 'confirm', id, home: id, payment: `payment of ${id}`, retake: null }
}

export function release(id: string): Command {
  return { kind: 'release', id, home: id, cause: 'seller', reason: null }
}

/** The kinds of the outcomes, or `fenced`, or the code that the call failed with. */
export async function answers(applied: Promise<Applied>): Promise<readonly string[] | string> {
  try {
    const reply = await applied
    return reply.kind === 'fenced' ? 'fenced' : reply.outcomes.map(({ kind }: Outcome) => kind)
  } catch (error) {
    return isHoldfastError(error) ? error.code : String(error)
  }
}

export async function countersIn(store: RedisStore) {
  const { accounts } = await store.read('main', {
    ...{ kind: 'keys', accounts: [ACCOUNT] },
    ...{ reservations: [], counters: [], guards: [], strikes: [] },
  })
  const { available = 0, reserved = 0, sold = 0 } = accounts[0] ?? {}
  return { available, reserved, sold }
}

/** Which of these ids the store knows to be held or sold. */
export async function keptOf(store: RedisStore, ids: readonly string[]): Promise<readonly string[]> {
  const { reservations } = await store.read('main', {
    ...{ kind: 'keys', accounts: [], reservations: ids },
    ...{ counters: [], guards: [], strikes: [] },
  })
  return reservations
    .filter(({ state }) => state.status === 'held' || state.status === 'confirmed')
    .map(({ id }) => id)
}

/** That counters are what the reservations make them, so that no write was made by half. */
export async function expectWhole(
  store: RedisStore,
  supplied: number,
  ids: readonly string[],
): Promise<void> {
  const { available, reserved, sold } = await countersIn(store)
  expect(reserved + sold).toBe((await keptOf(store, ids)).length)
  expect(available + reserved + sold).toBe(supplied)
}
