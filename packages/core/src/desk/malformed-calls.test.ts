import { describe, expect, it } from 'vitest'
import { isHoldfastError } from '../errors.js'
import {
  account,
  buyer,
  callOptions,
  HALF,
  id,
  items,
  type Kind,
  line,
  many,
  mistaken,
  ofOrder,
  order,
  page,
  type Row,
  units,
  window,
} from './mistakes.test-support.js'
import type { OrderDesk } from './order-desk.js'
import { openShop, type ShopStore, watched } from './shop.test-support.js'

interface Method {
  readonly call: (desk: OrderDesk, ...args: never[]) => Promise<unknown>
  /** Arguments that are right, by the name under which a fault of the whole argument is told. */
  readonly right: Readonly<Record<string, unknown>>
  readonly rows: readonly Row[]
}

const ada = { user: 'ada', phone: '+49 151 23456789' }
const rightOrder = { id: 'o', buyer: ada, lines: [{ sku: 'A', quantity: 1 }] }
const rightWindow = { opensAt: new Date(1_000), closesAt: new Date(2_000) }

/** A method of the desk that takes one argument, or one and options. */
function method(name: keyof OrderDesk, right: Method['right'], rows: readonly Row[]): [string, Method] {
  const call = (desk: OrderDesk, ...args: never[]) =>
    (desk[name] as unknown as (...args: never[]) => Promise<unknown>).call(desk, ...args)
  return [name, { call, right, rows }]
}
function ofCampaigns(
  name: keyof OrderDesk['campaigns'],
  right: Method['right'],
  rows: readonly Row[],
): [string, Method] {
  const call = (desk: OrderDesk, ...args: never[]) =>
    (desk.campaigns[name] as unknown as (...args: never[]) => Promise<unknown>).call(desk.campaigns, ...args)
  return [`campaigns.${name}`, { call, right, rows }]
}
function withOptions([name, { call, right }]: [string, Method], rows: readonly Row[]): [string, Method] {
  const [argument] = Object.values(right)
  const onOptions = (desk: OrderDesk, options: never) => call(desk, argument as never, options)
  return [`the options of ${name}`, { call: onOptions, right: { options: {} }, rows }]
}

const place = method('place', { order: rightOrder }, order)
const recordPayment = method('recordPayment', { payment: { orderId: 'o', paymentId: 'p' } }, [
  ...ofOrder,
  ...id('paymentId'),
  ['unknown field', 'amount', 5],
])
const cancel = method('cancel', { order: { orderId: 'o', by: 'buyer' } }, [
  ...ofOrder,
  ['range', 'by', 'rollback'],
  ['size', 'reason', 'x'.repeat(513)],
])
const extend = method('extend', { order: { orderId: 'o', by: { minutes: 5 } } }, [
  ...ofOrder,
  ['type', 'by', 5],
  ['range', 'by', { days: 3_651 }],
  ['range', 'by', { minutes: 0.5 }, 'by.minutes'],
])
const shrink = method('shrink', { order: { orderId: 'o', keep: [{ sku: 'A', quantity: 1 }] } }, [
  ...ofOrder,
  ...line('keep'),
])
const returnUnits = method(
  'returnUnits',
  { returned: { id: 'm', orderId: 'o', lines: [{ sku: 'A', quantity: 1 }] } },
  [...ofOrder, ...id('id'), ...line('lines'), ['type', 'restock', 'yes'], ['type', 'giveBackUses', 1]],
)
const rollBack = method('rollBack', { order: { orderId: 'o', reason: 'lost' } }, [
  ...ofOrder,
  ['size', 'reason', ''],
  ['text', 'reason', HALF],
  ['type', 'reason', undefined],
  ...id('execution'),
])
const restock = method('restock', { restock: { id: 'm', sku: 'A', quantity: 1 } }, [
  ...id('id'),
  ...account,
  ...units('quantity'),
])
const adjust = method('adjust', { adjust: { id: 'm', sku: 'A', delta: 1, cause: 'found' } }, [
  ...id('id'),
  ...account,
  ['range', 'delta', 0],
  ['range', 'delta', 0.5],
  ['type', 'delta', '1'],
  ...id('cause'),
])
const transfer = method('transfer', { transfer: { id: 'm', sku: 'A', from: 'eu', to: 'us', quantity: 1 } }, [
  ...['id', 'sku', 'from', 'to'].flatMap(id),
  ...units('quantity'),
  ['range', 'quantity', 0],
  ['range', 'to', 'eu'],
])
const configure = method('configure', { settings: { sku: 'A', ...rightWindow } }, [
  ...account,
  ...window,
  ...units('backorderLimit'),
])
const noChange = { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }
const ofAccount = {
  ...{ of: 'account', account: { sku: 'A', pool: 'eu' }, archived: 0 },
  ...{ counters: noChange, ledger: noChange },
}
const rightPlan = {
  validUntil: 1_000,
  repairs: [
    { id: 'r0', partition: 'main', correction: ofAccount, mends: [] },
    { id: 'r1', partition: 'main', correction: { of: 'counter', counter: 'c', used: 1 }, mends: [] },
    {
      ...{ id: 'r2', partition: 'main', mends: [] },
      correction: { of: 'guard', guard: 'g', found: null, order: 'o' },
    },
  ],
  left: [],
}
const reconcile = method('reconcile', { plan: rightPlan }, [
  ...units('validUntil'),
  ['type', 'repairs', {}],
  ['type', 'left', null],
  ...id('repairs[0].id'),
  ...id('repairs[1].partition'),
  ['range', 'repairs[0].correction.of', 'order'],
  ...id('repairs[0].correction.account.sku'),
  ['range', 'repairs[0].correction.counters.sold', 0.5],
  ['type', 'repairs[0].correction.archived', '1'],
  // A plan makes no units.
  ['range', 'repairs[0].correction.ledger.available', 1],
  ['unknown field', 'repairs[0].correction.used', 1],
  ['size', 'repairs[1].correction.counter', ''],
  ['range', 'repairs[1].correction.used', Number.NaN],
  ['type', 'repairs[2].correction.guard', 5],
  ['type', 'repairs[2].correction.order', undefined],
  ['unknown field', 'sku', 'A'],
])
const tag = method('tag', { tag: { buyer: ada, effect: 'refuse' } }, [
  ...buyer,
  ['range', 'effect', 'ban'],
  ['type', 'until', 5],
])
const forgive = method('forgive', { query: { buyer: ada } }, buyer)

const methods: readonly [string, Method][] = [
  place,
  withOptions(place, [
    ...callOptions,
    ['type', 'firstAttempt', 'yes'],
    ['size', 'rows', [{ table: '', values: { id: 1 } }], 'rows[0].table'],
    ['type', 'rows', [{ table: 'orders', values: [] }], 'rows[0].values'],
    ['size', 'rows', many(101, () => ({ table: 'orders', values: { id: 1 } }))],
    // Well-formed, but asked of a store that writes none.
    ['range', 'rows', [{ table: 'orders', values: { id: 1 } }]],
  ]),
  method('preview', { order: rightOrder }, order),
  method('submit', { order: rightOrder }, order),
  [
    'ticket',
    { call: (desk, query) => desk.ticket('o', query), right: { query: { buyer: ada } }, rows: buyer },
  ],
  ['ticket by its id', wholeId('ticket', (desk, ticket) => desk.ticket(ticket, { buyer: ada }))],
  ...[
    recordPayment,
    cancel,
    extend,
    shrink,
    returnUnits,
    rollBack,
    restock,
    adjust,
    transfer,
    configure,
  ].flatMap((one) => [one, withOptions(one, callOptions)]),
  ...[tag, forgive].flatMap((one) => [one, withOptions(one, callOptions)]),
  method('recordRefund', { refund: { orderId: 'o', refundId: 'r' } }, [...ofOrder, ...id('refundId')]),
  reconcile,
  method('availability', { query: { sku: 'A' } }, [
    ...account,
    ...id('holding'),
    ['type', 'maxAge', 5],
    ['range', 'maxAge', { seconds: 0 }],
  ]),
  method('availability', { query: { sku: 'A', holding: 'o' } }, [['range', 'maxAge', { seconds: 1 }]]),
  method('accounts', { query: {} }, [...page, ...id('sku')]),
  method('ledger', { query: { sku: 'A' } }, [...page, ...account]),
  method('orders', { query: {} }, [...page, ['range', 'status', 'held']]),
  method('parked', { query: {} }, page),
  method('limits', { query: { buyer: ada, skus: ['A'] } }, [
    ...buyer,
    ...id('skus[0]'),
    ['size', 'skus', many(101, () => 'A')],
    ...id('campaign'),
  ]),
  method('standing', { query: { buyer: ada } }, buyer),
  ['order', wholeId('id', (desk, orderId) => desk.order(orderId))],
  ['compensation', wholeId('orderId', (desk, orderId) => desk.compensation(orderId))],
  ['resume', wholeId('orderId', (desk, orderId) => desk.resume(orderId))],
  ofCampaigns('schedule', { campaign: { id: 'c', ...rightWindow, items: [{ sku: 'A' }] } }, [
    ...id('id'),
    ...window,
    ...items,
  ]),
  ofCampaigns('changeItems', { change: { id: 'c', items: [{ sku: 'A' }] } }, [...id('id'), ...items]),
  ...(['open', 'close', 'withdraw'] as const).map((name) =>
    ofCampaigns(name, { campaign: { id: 'c' } }, id('id')),
  ),
  ofCampaigns('list', { query: {} }, page),
  ['campaigns.get', wholeId('id', (desk, campaign) => desk.campaigns.get(campaign))],
]

/** A method whose argument is an id: no field of it can be at fault. */
function wholeId(name: string, call: (desk: OrderDesk, id: string) => Promise<unknown>): Method {
  const rows = id(name).map(([kind, , value]): Row => [kind, '', value, name])
  return { call, right: { [name]: 'o' }, rows }
}

// Counts phones, so that a buyer without one is refused by the policy; tells standings.
const policy = {
  pools: { default: 'eu', byRegion: { us: 'us' } },
  limits: [{ id: 'phone', per: 'phone', scope: 'shop', max: 2 }],
  risk: { strikesFor: { days: 30 } },
} as const
const hashKeys = [{ id: 'k1', secret: 'a secret of at least 16 bytes' }]

let rows = 0
const kinds = new Set<Kind>()

describe.each(methods)('a malformed call of %s', (_, { call, right, rows: faults }) => {
  const [[name, argument]] = Object.entries(right) as [[string, unknown]]
  const whole: readonly Row[] = (name === 'options' ? [null, 5] : [null, 5, [], 'text']).map((value) => [
    'type',
    '',
    value,
    name,
  ])
  const all = [...(typeof argument === 'string' ? [] : whole), ...faults]

  it.each(all.map(([kind, at, value, told = at]) => ({ kind, at, value, told })))(
    'is told by $told ($kind), and no store is asked',
    async ({ kind, at, value, told }) => {
      const calls: string[] = []
      const around = (store: ShopStore) => watched(store, (called) => void calls.push(called))
      const { desk } = await openShop(policy, { hashKeys, around })
      // A throw is none of a promise's refusals: it would fail this test here.
      const answer = call(desk, mistaken(argument, at, value) as never)
      const error: unknown = await answer.then(
        () => 'was taken',
        (reason: unknown) => reason,
      )
      expect(error).toMatchObject({ code: 'invalid-argument', path: told })
      expect(isHoldfastError(error, 'invalid-argument') && error.message.startsWith(`${told}: `)).toBe(true)
      expect(calls).toEqual([])
      rows += 1
      kinds.add(kind)
    },
  )
})

it('these are at least 500 calls, of five kinds of fault', () => {
  expect(rows).toBeGreaterThanOrEqual(500)
  expect([...kinds].sort()).toEqual(['range', 'size', 'text', 'type', 'unknown field'])
})
