import { describe, expect, it, test } from 'vitest'
import type { ReservationEvent } from '../port/events.js'
import { messagesOfEvent, type ToldEvent } from './event-messages.js'

const LINES = [
  { account: { sku: 'shirt', pool: 'default' }, quantity: 2, owed: 1, returned: 0 },
  { account: { sku: 'mug', pool: 'eu' }, quantity: 0, owed: 0, returned: 0 },
]
const SHIRTS = [{ sku: 'shirt', pool: 'default', quantity: 2, owed: 1, returned: 0 }]
const HEAD = { aggregate: 'reservation', id: 'order-1', version: 3, at: 7 } as const
const FINGERPRINT = { buyer: 'buyer', lines: 'lines' }
const GRANTED: ReservationEvent = {
  ...{ ...HEAD, type: 'granted', home: 'home', stock: 'deferred', fingerprint: FINGERPRINT, lines: LINES },
  ...{ uses: [], guards: [], strike: null, backorder: true, expiresAt: 9, maxExpiresAt: 9, data: null },
}

describe('what an order’s buyer sees of a reservation’s event follows it as a message of its own', () => {
  it.each<[ReservationEvent, string | null, object | null]>([
    [
      GRANTED,
      'order.placed',
      { home: 'home', fingerprint: FINGERPRINT, lines: SHIRTS, data: null, payBy: 9, deferred: true },
    ],
    [
      { ...HEAD, type: 'confirmed', payment: 'pi', late: true, lines: LINES, uses: [] },
      'order.paid',
      { payment: 'pi', late: true, lines: SHIRTS },
    ],
    [
      { ...HEAD, type: 'released', cause: 'buyer', reason: null, struck: false },
      'order.cancelled',
      { by: 'buyer', reason: null },
    ],
    [
      { ...HEAD, type: 'released', cause: 'rollback', reason: 'lost', struck: false },
      'order.rolled-back',
      { reason: 'lost' },
    ],
    [
      { ...HEAD, type: 'tombstoned', home: 'home', cause: 'seller', reason: null },
      'order.cancelled',
      { by: 'seller', reason: null },
    ],
    [{ ...HEAD, type: 'expired', struck: true }, 'order.expired', {}],
    [
      { ...HEAD, type: 'refund-required', payment: 'pi', why: { kind: 'released' } },
      'order.refund-required',
      { payment: 'pi', why: { kind: 'released' } },
    ],
    [{ ...HEAD, type: 'extended', expiresAt: 9 }, null, null],
    [{ ...HEAD, type: 'shrunk', lines: LINES }, null, null],
  ])('%o', (event, type, fields) => {
    const [itself, order] = messagesOfEvent('main/1/2/0', event, 5)
    const { aggregate, id: _, version, at, type: name, ...own } = event
    expect(itself).toMatchObject({
      id: 'main/1/2/0',
      aggregate,
      key: 'order-1',
      at,
      type: `reservation.${name}`,
    })
    expect(JSON.parse(String(itself?.payload))).toEqual({ version, ...own })
    if (type === null) expect(order).toBeUndefined()
    else {
      expect(order).toMatchObject({ id: 'main/1/2/0/order', aggregate: 'order', key: 'order-1', at: 7, type })
      expect(JSON.parse(String(order?.payload))).toEqual({ version: 5, ...fields })
    }
  })
})

test('an order that its buyer sees unchanged is not told of', () => {
  expect(messagesOfEvent('main/1/2/0', GRANTED, null)).toHaveLength(1)
})

test.each<[ToldEvent, string, object]>([
  [
    {
      ...{
        aggregate: 'stock-account',
        account: { sku: 'shirt', pool: 'eu' },
        version: 4,
        at: 7,
        type: 'changed',
      },
      ...{ available: 1, reserved: 2, sold: 3, backordered: 0, supplied: 6, movements: [] },
    },
    '["shirt","eu"]',
    {
      ...{ version: 4, account: { sku: 'shirt', pool: 'eu' }, movements: [] },
      ...{ available: 1, reserved: 2, sold: 3, backordered: 0, supplied: 6 },
    },
  ],
  [
    { aggregate: 'order', id: 'order-1', version: 4, at: 7, type: 'refunded', refund: 're' },
    'order-1',
    { version: 4, refund: 're' },
  ],
])('a message of %o has its key and its own fields', (event, key, payload) => {
  const [message, ...others] = messagesOfEvent('id', event, null)
  expect([message?.key, JSON.parse(String(message?.payload)), others]).toEqual([key, payload, []])
})
