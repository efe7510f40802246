import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { forgiveSchema, limitsSchema, tagSchema, ticketSchema } from './buyer.js'
import { campaignReferenceSchema, changeCampaignItemsSchema, scheduleCampaignSchema } from './campaign.js'
import { faultOf } from './fault-of.test-support.js'
import { idSchema } from './fields.js'
import { accountsSchema, ledgerSchema, ordersSchema, pageSchema } from './listing.js'
import { deskOptionsSchema, workerOptionsSchema } from './options.js'
import { callSchema, orderSchema, placeOptionsSchema } from './order.js'
import { parse } from './parse.js'
import {
  cancelSchema,
  extendSchema,
  recordPaymentSchema,
  recordRefundSchema,
  returnUnitsSchema,
  rollBackSchema,
  shrinkSchema,
} from './settling.js'
import { adjustSchema, availabilitySchema, configureSchema, restockSchema, transferSchema } from './stock.js'

type Fields = Record<string, unknown>
/** What is changed in a right argument, and the path told for it. */
type Row = readonly [change: Fields, path: string]

const HALF = 'A\ud83d'
const LONG = 'x'.repeat(129)
const noop = () => Promise.resolve()
const store = { apply: noop, read: noop, partitionsOf: noop }

/** Faults that any id must be refused for. */
const badIds: readonly unknown[] = [null, 5, {}, ['A'], '', LONG, HALF, '\udc4d', new String('A')]
/** Faults that any count of units must be refused for. */
const badWholes: readonly unknown[] = [
  '1',
  null,
  1.5,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  1n,
  true,
]
const badInstants: readonly unknown[] = [0, '2026-01-01', new Date(Number.NaN), {}]
const badFlags: readonly unknown[] = [0, 'true', null]

const each = (path: string, values: readonly unknown[], change: (value: unknown) => Fields): readonly Row[] =>
  values.map((value) => [change(value), path])
const field = (name: string, values: readonly unknown[]) => each(name, values, (value) => ({ [name]: value }))

const account = [...field('sku', badIds), ...field('pool', badIds)]
const ofOrder = [...field('orderId', badIds), ...field('home', badIds)]
const page = [
  ...field('cursor', [5, '', 'x'.repeat(4_097), HALF]),
  ...field('limit', [...badWholes, 0, 1_001]),
]
const line = (list: string): readonly Row[] => [
  ...each(`${list}[0].sku`, badIds, (sku) => ({ [list]: [{ sku, quantity: 1 }] })),
  ...each(`${list}[1].quantity`, [...badWholes, 0, 1e9 + 1], (quantity) => ({
    [list]: [
      { sku: 'A', quantity: 1 },
      { sku: 'B', quantity },
    ],
  })),
  ...each(`${list}[0].pool`, badIds, (pool) => ({ [list]: [{ sku: 'A', quantity: 1, pool }] })),
  [{ [list]: [{ sku: 'A', quantity: 1, price: 5 }] }, `${list}[0].price`],
  [{ [list]: [{ sku: 'A' }] }, `${list}[0].quantity`],
  [{ [list]: ['A'] }, `${list}[0]`],
  [{ [list]: [] }, list],
  [{ [list]: Array.from({ length: 101 }, () => ({ sku: 'A', quantity: 1 })) }, list],
  [{ [list]: { sku: 'A', quantity: 1 } }, list],
]
const buyer: readonly Row[] = [
  ...['user', 'phone', 'address', 'ip', 'region'].flatMap((name) =>
    each(`buyer.${name}`, badIds, (value) => ({ buyer: { user: 'ada', [name]: value } })),
  ),
  ...each('buyer.other.device', badIds, (device) => ({ buyer: { user: 'ada', other: { device } } })),
  [{ buyer: { user: 'ada', other: { phone: '1' } } }, 'buyer.other.phone'],
  [{ buyer: { user: 'ada', other: { [HALF]: '1' } } }, String.raw`buyer.other["A\ud83d"]`],
  [{ buyer: { user: 'ada', other: { '': '1' } } }, 'buyer.other[""]'],
  [{ buyer: { user: 'ada', other: ['A1'] } }, 'buyer.other'],
  [
    {
      buyer: { user: 'ada', other: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`k${n}`, 'x'])) },
    },
    'buyer.other',
  ],
  [{ buyer: { user: 'ada', email: 'ada@example.org' } }, 'buyer.email'],
  [{ buyer: 'ada' }, 'buyer'],
  [{ buyer: null }, 'buyer'],
  [{ buyer: {} }, 'buyer.user'],
]
const items: readonly Row[] = [
  [{ items: [] }, 'items'],
  [{ items: [{ sku: 'A' }, { sku: '' }] }, 'items[1].sku'],
  [{ items: [{ sku: 'A', pool: 5 }] }, 'items[0].pool'],
  ...each('items[0].backorderLimit', badWholes, (backorderLimit) => ({
    items: [{ sku: 'A', backorderLimit }],
  })),
  [{ items: [{ sku: 'A', quantity: 1 }] }, 'items[0].quantity'],
  [{ items: [{ sku: 'A' }, { sku: 'A', pool: 'eu' }, { sku: 'A' }] }, 'items[2]'],
  [{ items: Array.from({ length: 1_001 }, (_, n) => ({ sku: `S${n}` })) }, 'items'],
]
const windowOfSale: readonly Row[] = [
  ...field('opensAt', badInstants),
  ...field('closesAt', badInstants),
  [{ opensAt: new Date(2_000), closesAt: new Date(1_000) }, 'closesAt'],
  [{ opensAt: new Date(1_000), closesAt: new Date(1_000) }, 'closesAt'],
]

interface Method {
  readonly schema: z.ZodType
  readonly right: Fields
  readonly rows: readonly Row[]
}

const methods: Record<string, Method> = {
  'place, preview, submit': {
    schema: orderSchema,
    right: { buyer: { user: 'ada' }, lines: [{ sku: 'A', quantity: 1 }] },
    rows: [
      ...field('id', badIds),
      ...field('campaign', badIds),
      ...field('data', [5, null, HALF, 'x'.repeat(4_097), 'é'.repeat(2_049), {}]),
      ...field('stock', ['hold', true, null]),
      ...line('lines'),
      ...buyer,
    ],
  },
  'options of place': {
    schema: placeOptionsSchema,
    right: {},
    rows: [
      ...field('deadline', [5, '5s', {}, null]),
      ...each('deadline.seconds', [1.5, -1, '1'], (seconds) => ({ deadline: { seconds } })),
      [{ deadline: { weeks: 1 } }, 'deadline.weeks'],
      ...field('signal', [true, {}, new AbortController(), null]),
      ...field('firstAttempt', badFlags),
      [{ rows: { table: 'orders', values: {} } }, 'rows'],
      [{ rows: [{ table: '', values: { id: 1 } }] }, 'rows[0].table'],
      [{ rows: [{ table: 'orders', values: {} }] }, 'rows[0].values'],
      [{ rows: [{ table: 'orders', values: [1] }] }, 'rows[0].values'],
      [{ rows: [{ table: 'orders', values: { id: 1 }, schema: 'x' }] }, 'rows[0].schema'],
      [{ rows: Array.from({ length: 101 }, () => ({ table: 't', values: { id: 1 } })) }, 'rows'],
    ],
  },
  'options of other calls': {
    schema: callSchema,
    right: {},
    rows: [
      [{ rows: [] }, 'rows'],
      [{ deadline: 5 }, 'deadline'],
    ],
  },
  recordPayment: {
    schema: recordPaymentSchema,
    right: { orderId: 'o', paymentId: 'p' },
    rows: [...ofOrder, ...field('paymentId', badIds)],
  },
  recordRefund: {
    schema: recordRefundSchema,
    right: { orderId: 'o', refundId: 'r' },
    rows: [...ofOrder, ...field('refundId', badIds)],
  },
  cancel: {
    schema: cancelSchema,
    right: { orderId: 'o', by: 'buyer' },
    rows: [
      ...ofOrder,
      ...field('by', ['me', 'rollback', null, 1]),
      ...field('reason', ['', 5, HALF, 'x'.repeat(513)]),
    ],
  },
  extend: {
    schema: extendSchema,
    right: { orderId: 'o', by: { minutes: 5 } },
    rows: [
      ...ofOrder,
      ...field('by', [5, 'PT5M', {}, null, { minutes: 0 }, { days: 3_651 }]),
      [{ by: { minutes: -5 } }, 'by.minutes'],
    ],
  },
  shrink: {
    schema: shrinkSchema,
    right: { orderId: 'o', keep: [{ sku: 'A', quantity: 1 }] },
    rows: [...ofOrder, ...line('keep')],
  },
  returnUnits: {
    schema: returnUnitsSchema,
    right: { id: 'm', orderId: 'o', lines: [{ sku: 'A', quantity: 1 }] },
    rows: [
      ...ofOrder,
      ...field('id', badIds),
      ...line('lines'),
      ...field('restock', badFlags),
      ...field('giveBackUses', badFlags),
    ],
  },
  rollBack: {
    schema: rollBackSchema,
    right: { orderId: 'o', reason: 'no stock found' },
    rows: [...ofOrder, ...field('reason', ['', 5, HALF, 'x'.repeat(513)]), ...field('execution', badIds)],
  },
  restock: {
    schema: restockSchema,
    right: { id: 'm', sku: 'A', quantity: 0 },
    rows: [...account, ...field('id', badIds), ...field('quantity', badWholes)],
  },
  adjust: {
    schema: adjustSchema,
    right: { id: 'm', sku: 'A', delta: -1, cause: 'broken' },
    rows: [
      ...account,
      ...field('id', badIds),
      ...field('delta', [0, -0, 0.5, '1', 2 ** 53, -(2 ** 53), null]),
      ...field('cause', badIds),
    ],
  },
  transfer: {
    schema: transferSchema,
    right: { id: 'm', sku: 'A', from: 'eu', to: 'us', quantity: 1 },
    rows: [
      ...['id', 'sku', 'from', 'to'].flatMap((name) => field(name, badIds)),
      ...field('quantity', [...badWholes, 0]),
      [{ to: 'eu' }, 'to'],
    ],
  },
  configure: {
    schema: configureSchema,
    right: { sku: 'A' },
    rows: [...account, ...windowOfSale, ...field('backorderLimit', badWholes)],
  },
  availability: {
    schema: availabilitySchema,
    right: { sku: 'A' },
    rows: [...account, ...field('holding', badIds)],
  },
  orders: { schema: ordersSchema, right: {}, rows: [...page, ...field('status', ['held', null, 5])] },
  accounts: { schema: accountsSchema, right: {}, rows: [...page, ...field('sku', badIds)] },
  ledger: { schema: ledgerSchema, right: { sku: 'A' }, rows: [...page, ...account] },
  limits: {
    schema: limitsSchema,
    right: { buyer: { user: 'ada' } },
    rows: [
      ...buyer,
      ...field('campaign', badIds),
      ...each('skus[1]', badIds, (sku) => ({ skus: ['A', sku] })),
      [{ skus: 'A' }, 'skus'],
      [{ skus: Array.from({ length: 101 }, () => 'A') }, 'skus'],
    ],
  },
  tag: {
    schema: tagSchema,
    right: { buyer: { user: 'ada' }, effect: 'refuse' },
    rows: [
      ...buyer,
      ...field('effect', ['ban', undefined, 5]),
      ...field('until', badInstants),
      [{ effect: null, until: new Date(0) }, 'until'],
    ],
  },
  forgive: { schema: forgiveSchema, right: { buyer: { user: 'ada' } }, rows: buyer },
  ticket: { schema: ticketSchema, right: { buyer: { user: 'ada' } }, rows: buyer },
  'campaigns.schedule': {
    schema: scheduleCampaignSchema,
    right: { id: 'spring', items: [{ sku: 'A' }] },
    rows: [...field('id', badIds), ...items, ...windowOfSale],
  },
  'campaigns.changeItems': {
    schema: changeCampaignItemsSchema,
    right: { id: 'spring', items: [{ sku: 'A' }] },
    rows: [...field('id', badIds), ...items],
  },
  'campaigns.open, close, withdraw': {
    schema: campaignReferenceSchema,
    right: { id: 'spring' },
    rows: field('id', badIds),
  },
  'campaigns.list': { schema: pageSchema, right: {}, rows: page },
  'the desk': {
    schema: deskOptionsSchema,
    right: { store, policy: {} },
    rows: [
      ...field('store', [null, {}, { ...store, apply: 5 }]),
      ...field('ledger', [{}, 5]),
      ...field('deadline', [5, {}]),
      ...['queueLimit', 'batchLimit', 'inFlight'].flatMap((name) => field(name, [...badWholes, 0])),
      ...['clock', 'newId'].flatMap((name) => field(name, [5, {}])),
    ],
  },
  'the worker': {
    schema: workerOptionsSchema,
    right: {},
    rows: [
      ...['every', 'retryAfter'].flatMap((name) => field(name, [5, {}])),
      ...['batchLimit', 'attempts'].flatMap((name) => field(name, [...badWholes, 0])),
      ...field('notify', [5]),
    ],
  },
}

describe.each(Object.entries(methods))('a malformed argument of %s', (_, { schema, right, rows }) => {
  it('is a change of one that is right', () => {
    expect(() => parse(schema, right, 'argument')).not.toThrow()
  })

  it.each([null, undefined, 5, 'text', [], () => right])('is refused as a whole: %s', (value) => {
    expect(faultOf(() => parse(schema, value, 'argument'))).toMatchObject({ path: 'argument' })
  })

  it('is refused for a field that is not known', () => {
    expect(faultOf(() => parse(schema, { ...right, colour: 1 }, 'argument'))).toMatchObject({
      path: 'colour',
    })
  })

  it.each(rows.map(([change, path], index) => ({ change, path, index })))(
    'is refused at $path ($index)',
    ({ change, path }) => {
      const fault = faultOf(() => parse(schema, { ...right, ...change }, 'argument'))
      expect(fault).toMatchObject({ code: 'invalid-argument', path })
      expect(fault.message.startsWith(`${path}: `)).toBe(true)
    },
  )
})

describe('an id', () => {
  it.each([...badIds, undefined])('is refused by its argument: %j', (id) => {
    expect(faultOf(() => parse(idSchema, id, 'ticket'))).toMatchObject({ path: 'ticket' })
  })

  it.each(['A', 'x'.repeat(128), '👍'.repeat(64), 'a\u0000b', ' ', '{a}:b/c%'])(
    'is taken as it is: %j',
    (id) => {
      expect(parse(idSchema, id, 'ticket')).toBe(id)
    },
  )
})
