import { expect, test } from 'vitest'
import { missingPairs } from '../../../test/missing-pairs.js'
import { FINGERPRINT, ORDER_LINES, orders, STANDINGS, type Standing } from '../../../test/orders.js'
import { decide } from './decide.js'
import { evolve } from './evolve.js'
import type { OrderCommand } from './types.js'

const NOW = 20_000

const submit = {
  kind: 'submit',
  id: 'o',
  home: 'home',
  fingerprint: FINGERPRINT,
  lines: ORDER_LINES,
  data: null,
  request: '{"again":1}',
} as const
const commands = {
  submit,
  'submit for another': { ...submit, fingerprint: { buyer: 'bob', lines: FINGERPRINT.lines } },
  reject: { kind: 'reject', id: 'o', refusal: { kind: 'late' } },
  refund: { kind: 'refund', id: 'o', refund: 're' },
  'refund by another id': { kind: 'refund', id: 'o', refund: 're_2' },
} satisfies Record<string, OrderCommand>
type Command = keyof typeof commands

const replayed = (status: Standing) => ({ kind: 'replayed', status })
const already = (status: Standing) => ({ kind: 'already', status })
const notPaid = (status: Standing) => ({ kind: 'not-paid', status })
const queued = { kind: 'queued' }
const refunded = { kind: 'refunded' }
const unknown = { kind: 'unknown-id' }
const reused = { kind: 'id-reused', differs: ['buyer'] }

/** Command, status before, types of the events, status after, outcome. */
const table: readonly [Command, Standing, string, Standing, unknown][] = [
  ['submit', 'none', 'queued', 'queued', queued],
  ['submit', 'queued', '', 'queued', replayed('queued')],
  ['submit', 'awaiting-payment', '', 'awaiting-payment', replayed('awaiting-payment')],
  ['submit', 'paid', '', 'paid', replayed('paid')],
  // Refusals are not remembered.
  ['submit', 'rejected', 'queued', 'queued', queued],
  ['submit', 'cancelled', '', 'cancelled', replayed('cancelled')],
  ['submit', 'expired', '', 'expired', replayed('expired')],
  ['submit', 'rolled-back', '', 'rolled-back', replayed('rolled-back')],
  ['submit', 'refund-required', '', 'refund-required', replayed('refund-required')],
  ['submit', 'refunded', '', 'refunded', replayed('refunded')],

  ['submit for another', 'none', 'queued', 'queued', queued],
  ['submit for another', 'queued', '', 'queued', reused],
  ['submit for another', 'awaiting-payment', '', 'awaiting-payment', reused],
  ['submit for another', 'paid', '', 'paid', reused],
  ['submit for another', 'rejected', 'queued', 'queued', queued],
  ['submit for another', 'cancelled', '', 'cancelled', reused],
  ['submit for another', 'expired', '', 'expired', reused],
  ['submit for another', 'rolled-back', '', 'rolled-back', reused],
  ['submit for another', 'refund-required', '', 'refund-required', reused],
  ['submit for another', 'refunded', '', 'refunded', reused],

  ['reject', 'none', '', 'none', unknown],
  ['reject', 'queued', 'rejected', 'rejected', { kind: 'rejected' }],
  ['reject', 'awaiting-payment', '', 'awaiting-payment', already('awaiting-payment')],
  ['reject', 'paid', '', 'paid', already('paid')],
  ['reject', 'rejected', '', 'rejected', already('rejected')],
  ['reject', 'cancelled', '', 'cancelled', already('cancelled')],
  ['reject', 'expired', '', 'expired', already('expired')],
  ['reject', 'rolled-back', '', 'rolled-back', already('rolled-back')],
  ['reject', 'refund-required', '', 'refund-required', already('refund-required')],
  ['reject', 'refunded', '', 'refunded', already('refunded')],

  ['refund', 'none', '', 'none', unknown],
  ['refund', 'queued', '', 'queued', notPaid('queued')],
  ['refund', 'awaiting-payment', '', 'awaiting-payment', notPaid('awaiting-payment')],
  ['refund', 'paid', 'refunded', 'refunded', refunded],
  ['refund', 'rejected', '', 'rejected', notPaid('rejected')],
  ['refund', 'cancelled', '', 'cancelled', notPaid('cancelled')],
  ['refund', 'expired', '', 'expired', notPaid('expired')],
  // It was paid before it was rolled back: both are told.
  ['refund', 'rolled-back', 'refund-required refunded', 'refunded', refunded],
  ['refund', 'refund-required', 'refunded', 'refunded', refunded],
  ['refund', 'refunded', '', 'refunded', already('refunded')],

  ['refund by another id', 'none', '', 'none', unknown],
  ['refund by another id', 'queued', '', 'queued', notPaid('queued')],
  ['refund by another id', 'awaiting-payment', '', 'awaiting-payment', notPaid('awaiting-payment')],
  ['refund by another id', 'paid', 'refunded', 'refunded', refunded],
  ['refund by another id', 'rejected', '', 'rejected', notPaid('rejected')],
  ['refund by another id', 'cancelled', '', 'cancelled', notPaid('cancelled')],
  ['refund by another id', 'expired', '', 'expired', notPaid('expired')],
  ['refund by another id', 'rolled-back', 'refund-required refunded', 'refunded', refunded],
  ['refund by another id', 'refund-required', 'refunded', 'refunded', refunded],
  ['refund by another id', 'refunded', '', 'refunded', { kind: 'refund-differs', refund: 're' }],
]

test.each(table)('%s × %s: %s → %s', (command, standing, types, after, outcome) => {
  const before = orders[standing]
  const copy = structuredClone(before)
  const decision = decide(commands[command], before, NOW, false)
  expect(decision.outcome).toEqual(outcome)
  expect(decision.events.map((event) => event.type).join(' ')).toBe(types)
  let state: ReturnType<typeof evolve> = before
  let version = before?.version ?? 0
  for (const event of decision.events) {
    version += 1
    expect(event).toMatchObject({ aggregate: 'order', id: 'o', version, at: NOW })
    state = evolve(state, event)
  }
  expect(state?.status ?? 'none').toBe(after)
  expect(before, 'deciding changes nothing').toEqual(copy)
})

test('the table holds every command beside every status', () => {
  expect(missingPairs(table, Object.keys(commands) as Command[], STANDINGS)).toEqual([])
})

test('a rollback of what was never paid leaves nothing to refund', () => {
  const unpaid = { ...orders['rolled-back'], payment: null }
  expect(decide(commands.refund, unpaid, NOW, false)).toEqual({ events: [], outcome: notPaid('rolled-back') })
})

test('an id that is submitted with other lines tells which part differs', () => {
  const other = { ...submit, fingerprint: { buyer: 'bob', lines: 'one A' } }
  const { outcome } = decide(other, orders.queued, NOW, false)
  expect(outcome).toEqual({ kind: 'id-reused', differs: ['buyer', 'lines'] })
})

test.each([
  ['none', { kind: 'tombstoned' }],
  ['rejected', { kind: 'tombstoned' }],
  ['queued', replayed('queued')],
  ['cancelled', replayed('cancelled')],
] as const)('an id that was released before it came is not queued: the order is %s', (standing, outcome) => {
  expect(decide(submit, orders[standing], NOW, true)).toEqual({ events: [], outcome })
})
