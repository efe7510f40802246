import { expect, test } from 'vitest'
import { A, B, units } from '../../../test/commands.js'
import { missingPairs } from '../../../test/missing-pairs.js'
import { ORDER_LINES, orders, STANDINGS, type Standing } from '../../../test/orders.js'
import { LINES, line, reservations, USES } from '../../../test/reservations.js'
import type { ReservationEvent } from '../../port/events.js'
import type { KnownReservation } from '../reservation/types.js'
import { project } from './project.js'

const AT = 20_000
const head = { aggregate: 'reservation', id: 'o', version: 9, at: AT } as const
const { held, deferred, confirmed, expired, released, tombstoned } = reservations

/** Each event with the reservation that it made. */
const happenings = {
  granted: [
    {
      ...{ ...head, type: 'granted', home: 'home', stock: 'taken', fingerprint: held.fingerprint },
      ...{ lines: LINES, uses: USES, guards: [], strike: null, backorder: true, expiresAt: 21_000 },
      ...{ maxExpiresAt: 22_000, data: 'note' },
    },
    held,
  ],
  tombstoned: [{ ...head, type: 'tombstoned', home: 'home', cause: 'seller', reason: 'gone' }, tombstoned],
  extended: [{ ...head, type: 'extended', expiresAt: 12_000 }, held],
  shrunk: [{ ...head, type: 'shrunk', lines: LINES }, held],
  filled: [{ ...head, type: 'filled', account: A, quantity: 1, owedLeft: 0 }, held],
  confirmed: [{ ...head, type: 'confirmed', payment: 'pi', late: true, lines: LINES, uses: USES }, confirmed],
  released: [{ ...head, type: 'released', cause: 'seller', reason: 'gone', struck: false }, released],
  'rolled back': [
    { ...head, type: 'released', cause: 'rollback', reason: 'no van', struck: false },
    released,
  ],
  expired: [{ ...head, type: 'expired', struck: true }, expired],
  'refund-required': [
    { ...head, type: 'refund-required', payment: 'pi', why: { kind: 'released' } },
    reservations['refund-required'],
  ],
  returned: [
    { ...head, type: 'returned', movement: 'm', lines: [units(A, 1)], restocked: true, usesGivenBack: false },
    confirmed,
  ],
} satisfies Record<string, readonly [ReservationEvent, KnownReservation]>
type Happening = keyof typeof happenings

/** What each is to an order that stands; beside it, to none, to a ticket, and to one refunded. */
const told: {
  readonly [H in Happening]: readonly [stands: string, none: string, queued: string, refunded: string]
} = {
  granted: ['placed', 'placed', 'placed', 'placed'],
  // A ticket that was cancelled before it was decided.
  tombstoned: ['', '', 'cancelled', ''],
  extended: ['amended', '', 'amended', 'amended'],
  shrunk: ['amended', '', 'amended', 'amended'],
  filled: ['amended', '', 'amended', 'amended'],
  confirmed: ['paid', '', 'paid', 'amended'],
  released: ['cancelled', '', 'cancelled', 'amended'],
  'rolled back': ['rolled-back', '', 'rolled-back', 'amended'],
  expired: ['expired', '', 'expired', 'amended'],
  'refund-required': ['refund-required', '', 'refund-required', 'amended'],
  returned: ['amended', '', 'amended', 'amended'],
}
const table = (Object.keys(happenings) as Happening[]).flatMap((happening) =>
  STANDINGS.map((standing) => {
    const [stands, none, queued, refunded] = told[happening]
    const special: Partial<Record<Standing, string>> = { none, queued, refunded }
    return [happening, standing, special[standing] ?? stands] as const
  }),
)

test.each(table)('a reservation’s %s is to an order that is %s: %s', (happening, standing, type) => {
  const [event, after] = happenings[happening]
  const order = orders[standing]
  const projected = project(event, after, order)
  if (type === '') expect(projected).toBeNull()
  else {
    const version = (order?.version ?? 0) + 1
    expect(projected).toMatchObject({ aggregate: 'order', id: 'o', at: AT, version, type })
  }
})

test('the table holds every event beside every status', () => {
  expect(missingPairs(table, Object.keys(happenings) as Happening[], STANDINGS)).toEqual([])
})

const awaiting = orders['awaiting-payment']
const fields: readonly [Happening, object][] = [
  ['granted', { home: 'home', lines: ORDER_LINES, data: 'note', payBy: 21_000, deferred: false }],
  ['extended', { lines: ORDER_LINES, payBy: 12_000 }],
  ['shrunk', { lines: ORDER_LINES, payBy: null }],
  ['confirmed', { payment: 'pi', late: true, lines: ORDER_LINES }],
  ['released', { by: 'seller', reason: 'gone' }],
  ['rolled back', { reason: 'no van' }],
  ['refund-required', { payment: 'pi', why: { kind: 'released' } }],
]

test.each(fields)('a reservation’s %s tells an order what changed', (happening, expected) => {
  const [event, after] = happenings[happening]
  expect(project(event, after, awaiting)).toMatchObject(expected)
})

test('a deferred grant is told as such', () => {
  const [event] = happenings.granted
  expect(project({ ...event, stock: 'deferred' }, deferred, null)).toMatchObject({ deferred: true })
})

test('a line that was shrunk away is no line of the order', () => {
  const [event] = happenings.shrunk
  const after = { ...held, lines: [line(A, 0), line(B, 1, 0, 1)] }
  const lines = [{ sku: 'B', pool: 'north', quantity: 1, owed: 0, returned: 1 }]
  expect(project(event, after, awaiting)).toMatchObject({ type: 'amended', lines })
})
