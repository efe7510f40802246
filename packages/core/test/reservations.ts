import type {
  KnownReservation,
  ReservationContext,
  ReservationState,
} from '../src/machines/reservation/types.js'
import type { GrantedLine } from '../src/port/events.js'
import type { InsufficientStock } from '../src/port/outcomes.js'
import { A, B, units } from './commands.js'

// One reservation in each of its states: three units of A, of which one is owed, and two of B.

/** When it was granted. */
export const GRANTED = 10_000
/** When it is due, and when it is due at the latest. */
export const DUE = 11_000
export const DUE_AT_LATEST = 13_000
/** When it ended, if it did. */
export const ENDED = 10_500

export const ASKED = [units(A, 3), units(B, 2)]

export function line(account: GrantedLine['account'], quantity: number, owed = 0, returned = 0): GrantedLine {
  return { account, quantity, owed, returned }
}

export const LINES = [line(A, 3, 1), line(B, 2)]
export const USES = [
  { counter: 'A of ada', prior: [], quantity: 3, max: 5, lines: [0] },
  { counter: 'shop of ada', prior: ['shop of ada, older'], quantity: 5, max: 9, lines: [0, 1] },
]

const claimed = {
  version: 4,
  home: 'home',
  fingerprint: { buyer: 'ada', lines: JSON.stringify(ASKED) },
  lines: LINES,
  uses: USES,
  guards: ['guard of ada'],
  strike: { strikes: 'strikes of ada', strikeMs: 500 },
  backorder: true,
  data: 'note',
  reservedAt: GRANTED,
}
const live = { expiresAt: DUE, maxExpiresAt: DUE_AT_LATEST }

export const reservations = {
  absent: { status: 'absent' },
  held: { ...claimed, ...live, status: 'held' },
  deferred: { ...claimed, ...live, status: 'deferred', lines: [line(A, 3), line(B, 2)] },
  confirmed: { ...claimed, status: 'confirmed', payment: 'pi', late: false, endedAt: ENDED },
  expired: { ...claimed, status: 'expired', endedAt: ENDED },
  released: { ...claimed, status: 'released', cause: 'buyer', reason: null, payment: null, endedAt: ENDED },
  'refund-required': {
    ...claimed,
    status: 'refund-required',
    payment: 'pi',
    why: { kind: 'insufficient-stock', short: [] },
    endedAt: ENDED,
  },
  tombstoned: {
    status: 'tombstoned',
    version: 4,
    home: 'home',
    cause: 'buyer',
    reason: null,
    endedAt: ENDED,
  },
} satisfies { readonly [Status in ReservationState['status']]: Extract<ReservationState, { status: Status }> }

export const STATUSES = Object.keys(reservations) as ReservationState['status'][]

/** The states that the store knows anything of. */
export const KNOWN = STATUSES.filter((status) => status !== 'absent') as KnownReservation['status'][]

/** Everything can be had, one unit of A past stock, and no movement was made yet. */
export const plenty: ReservationContext = {
  now: ENDED,
  admit: () => ({ kind: 'admitted', stock: 'taken', lines: LINES, uses: USES }),
  take: () => ({ kind: 'taken', lines: LINES, uses: [] }),
  retake: ({ uses }) => ({ kind: 'taken', lines: LINES, uses }),
  movement: () => undefined,
}

export const SHORT: InsufficientStock = {
  kind: 'insufficient-stock',
  short: [{ account: A, requested: 3, available: 0 }],
}
export const soldOut: ReservationContext = {
  ...plenty,
  admit: () => SHORT,
  take: () => SHORT,
  retake: () => SHORT,
}
