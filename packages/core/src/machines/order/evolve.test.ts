import { expect, test } from 'vitest'
import { missingPairs } from '../../../test/missing-pairs.js'
import { FINGERPRINT, ORDER_LINES, orders, STANDINGS, type Standing } from '../../../test/orders.js'
import { evolve, initialState } from './evolve.js'
import type { OrderEvent } from './types.js'

const head = { aggregate: 'order', id: 'o', version: 5, at: 20_000 } as const
const whole = { home: 'home', fingerprint: FINGERPRINT, lines: ORDER_LINES, data: 'note' }
const fewer = ORDER_LINES.slice(1)

const events = {
  queued: { ...head, ...whole, type: 'queued', request: '{}' },
  placed: { ...head, ...whole, type: 'placed', payBy: 21_000, deferred: true },
  rejected: { ...head, type: 'rejected', refusal: { kind: 'late' } },
  paid: { ...head, type: 'paid', payment: 'pi_2', late: true, lines: fewer },
  cancelled: { ...head, type: 'cancelled', by: 'seller', reason: 'gone' },
  expired: { ...head, type: 'expired' },
  'rolled-back': { ...head, type: 'rolled-back', reason: 'no van' },
  'refund-required': { ...head, type: 'refund-required', payment: 'pi_2', why: { kind: 'released' } },
  refunded: { ...head, type: 'refunded', refund: 're_2' },
  amended: { ...head, type: 'amended', lines: fewer, payBy: 22_000 },
} satisfies { readonly [Type in OrderEvent['type']]: Extract<OrderEvent, { type: Type }> }
type Type = OrderEvent['type']

/** Where each event leads from; from every other status it leads nowhere. */
const leads: { readonly [T in Type]: { readonly [From in Standing]?: Standing } } = {
  queued: { none: 'queued', rejected: 'queued' },
  // An id whose marker has lapsed begins anew, whatever it once stood for.
  placed: Object.fromEntries(STANDINGS.map((standing) => [standing, 'awaiting-payment'])),
  rejected: { queued: 'rejected' },
  paid: { 'awaiting-payment': 'paid', expired: 'paid' },
  cancelled: { queued: 'cancelled', 'awaiting-payment': 'cancelled' },
  expired: { 'awaiting-payment': 'expired' },
  'rolled-back': { 'awaiting-payment': 'rolled-back', paid: 'rolled-back' },
  'refund-required': {
    'awaiting-payment': 'refund-required',
    cancelled: 'refund-required',
    expired: 'refund-required',
    'rolled-back': 'refund-required',
  },
  refunded: { paid: 'refunded', 'refund-required': 'refunded' },
  amended: { 'awaiting-payment': 'awaiting-payment', paid: 'paid', refunded: 'refunded' },
}
const table = (Object.keys(events) as Type[]).flatMap((type) =>
  STANDINGS.map((from) => [type, from, leads[type][from] ?? 'stays'] as const),
)

test.each(table)('%s on %s: %s', (type, from, expected) => {
  const before = orders[from]
  const copy = structuredClone(before)
  const after = evolve(before, events[type])
  if (expected === 'stays') expect(after).toBe(before)
  else expect(after).toMatchObject({ status: expected, id: 'o', version: 5, home: 'home', data: 'note' })
  expect(before, 'a state may be shared').toEqual(copy)
})

test('the table holds every event beside every status', () => {
  expect(missingPairs(table, Object.keys(events) as Type[], STANDINGS)).toEqual([])
})

test('no order stands at first', () => {
  expect(initialState()).toBeNull()
})

const changes: readonly [Type, Standing, object][] = [
  ['queued', 'none', { createdAt: 20_000, payBy: null, request: '{}', lines: ORDER_LINES }],
  ['placed', 'none', { createdAt: 20_000, payBy: 21_000, deferred: true }],
  // It was ordered when it was queued.
  ['placed', 'queued', { createdAt: 10_000, payBy: 21_000 }],
  ['paid', 'awaiting-payment', { payment: 'pi_2', late: true, lines: fewer, payBy: 11_000 }],
  ['cancelled', 'awaiting-payment', { by: 'seller', reason: 'gone', lines: ORDER_LINES }],
  ['rolled-back', 'paid', { reason: 'no van', payment: 'pi' }],
  ['rolled-back', 'awaiting-payment', { reason: 'no van', payment: null }],
  ['refund-required', 'expired', { payment: 'pi_2', why: { kind: 'released' } }],
  ['refunded', 'paid', { payment: 'pi', refund: 're_2' }],
  ['refunded', 'refund-required', { payment: 'pi', refund: 're_2' }],
  ['amended', 'awaiting-payment', { lines: fewer, payBy: 22_000 }],
  ['amended', 'paid', { lines: fewer, payBy: 11_000, payment: 'pi' }],
  ['amended', 'refunded', { lines: fewer, refund: 're' }],
]

test.each(changes)('%s on %s keeps and changes what it should', (type, from, fields) => {
  expect(evolve(orders[from], events[type])).toMatchObject(fields)
})

test('amended without a new deadline keeps the old one', () => {
  expect(evolve(orders['awaiting-payment'], { ...events.amended, payBy: null })).toMatchObject({
    payBy: 11_000,
  })
})
