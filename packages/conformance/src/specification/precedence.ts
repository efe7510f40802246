import type { AccountKey, Guard, LimitUse, Outcome, ReservationStore, Units } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  configure,
  gate,
  guard,
  judge,
  MINUTE,
  type ReserveDetails,
  release,
  reserve,
  supply,
  units,
  use,
} from '../scenario/commands.js'
import { type Step, story } from './story.js'

// One reserve that every refusal applies to, and then the same without the first of them, and so on: each time the
// first that is left must be the answer.

const OPEN: AccountKey = { sku: 'shirt', pool: 'open' }
const UNKNOWN: AccountKey = { sku: 'shirt', pool: 'unknown' }
const EARLY: AccountKey = { sku: 'shirt', pool: 'early' }
const CLOSED: AccountKey = { sku: 'shirt', pool: 'closed' }

type Reason = Exclude<
  Outcome['kind'],
  | 'granted'
  | 'replayed'
  | 'confirmed'
  | 'refund-required'
  | 'extended'
  | 'shrunk'
  | 'released'
  | 'returned'
  | 'transferred'
  | 'configured'
  | 'judged'
  | 'outbox-full'
  | 'replayed-movement'
  | 'already'
  | 'unknown-id'
  | 'stale-version'
  | 'overflow'
  | 'exceeds'
  | 'supplied'
  | 'swept'
  | 'filled'
>

/** In the order of precedence. `id-reused` and `tombstoned` are the id's own: they stand for each other. */
const REASONS: readonly Reason[] = [
  'id-reused',
  'tombstoned',
  'late',
  'pool-not-served',
  'account-unknown',
  'sale-not-open',
  'sale-closed',
  'buyer-refused',
  'unpaid-order',
  'window-passed',
  'purchase-limit',
  'insufficient-stock',
]

const GIVEN: readonly Step[] = [
  [supply(5, OPEN), 'supplied'],
  [supply(5, EARLY), 'supplied'],
  [supply(5, CLOSED), 'supplied'],
  [configure(1, { account: EARLY, opensAt: START + MINUTE }), 'configured'],
  [configure(1, { account: CLOSED, closesAt: START }), 'configured'],
  [judge('strikes', { effect: 'refuse', until: null }), 'judged'],
  [
    reserve('first', { units: [units(1, OPEN)], uses: [use('limit', 5)], guards: [guard('guard')] }),
    'granted',
  ],
  [reserve('reused', { units: [units(1, OPEN)], buyer: 'another' }), 'granted'],
  [release('tombstoned'), 'tombstoned'],
]

/** The reserve that all these reasons speak against. */
function against(reasons: ReadonlySet<Reason>): ReturnType<typeof reserve> {
  const wanted: Units[] = [units(reasons.has('insufficient-stock') ? 6 : 1, OPEN)]
  if (reasons.has('account-unknown')) wanted.push(units(1, UNKNOWN))
  if (reasons.has('sale-not-open')) wanted.push(units(1, EARLY))
  if (reasons.has('sale-closed')) wanted.push(units(1, CLOSED))
  const uses: LimitUse[] = []
  if (reasons.has('purchase-limit')) uses.push(use('limit', 1))
  if (reasons.has('window-passed')) uses.push(use('passed', 10, { to: START }))
  const guards: Guard[] = reasons.has('unpaid-order') ? [guard('guard')] : []
  const details: ReserveDetails = {
    units: wanted,
    uses,
    guards,
    risk: reasons.has('buyer-refused') ? gate('strikes') : null,
    refuse: reasons.has('pool-not-served')
      ? { kind: 'pool-not-served', region: 'mars', served: ['eu'] }
      : null,
    notAfter: reasons.has('late') ? START - 1 : START,
  }
  if (reasons.has('id-reused')) return reserve('reused', details)
  return reserve(reasons.has('tombstoned') ? 'tombstoned' : 'fresh', details)
}

function before(first: number, second: number): Case<ReservationStore> {
  const [one, other] = [REASONS[first] as Reason, REASONS[second] as Reason]
  return story(
    `${one} goes before ${other}`,
    [...GIVEN, [against(new Set([one, other])), one], [against(new Set([other])), other]],
    'one partition',
  )
}

const PAIRS = REASONS.flatMap((_, first) =>
  REASONS.slice(first + 1).flatMap((_second, offset) => {
    // One id cannot be both.
    const isOneId = first === 0 && offset === 0
    return isOneId ? [] : [before(first, first + 1 + offset)]
  }),
)

export const PRECEDENCE: readonly Case<ReservationStore>[] = [
  ...PAIRS,
  story(
    'all of them at once: the first that is left is the answer',
    [
      ...GIVEN,
      ...REASONS.map((reason, index): Step => [against(new Set(REASONS.slice(index))), reason]),
      [against(new Set()), 'granted'],
    ],
    'one partition',
  ),
]
