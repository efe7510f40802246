import type { Need } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  claimsOf,
  configure,
  confirm,
  DAY,
  gate,
  giveBack,
  guard,
  HOLD_MS,
  type ReserveDetails,
  release,
  reserve,
  supply,
  sweep,
  units,
  use,
} from '../scenario/commands.js'
import { pass, type Step } from './story.js'

/** The order that every state is reached with: two shirts of three, a limit, a guard and a strike record. */
export const ORDER: ReserveDetails = {
  units: [units(2)],
  uses: [use('limit', 3)],
  guards: [guard('guard')],
  risk: gate('strikes'),
}

/** The same claims, as a payment brings them again. */
export const RETAKE = { ...claimsOf(ORDER), until: START + 2 * DAY }

export type StateName =
  | 'unknown'
  | 'held'
  | 'held, due but not swept'
  | 'held, one unit owed'
  | 'deferred'
  | 'deferred, due but not swept'
  | 'confirmed'
  | 'confirmed, one unit returned'
  | 'confirmed, one unit owed'
  | 'cancelled by its buyer'
  | 'cancelled by its seller'
  | 'rolled back after it was paid'
  | 'expired'
  | 'in need of a refund'
  | 'tombstoned'

interface State {
  /** How it is reached, `id` being the reservation's. */
  readonly steps: (id: string) => readonly Step[]
  readonly needs?: readonly Need[]
}

function held(id: string): readonly Step[] {
  return [
    [supply(3), 'supplied'],
    [reserve(id, ORDER), 'granted'],
  ]
}

function deferred(id: string): readonly Step[] {
  return [
    [supply(3), 'supplied'],
    [reserve(id, { ...ORDER, stock: 'defer' }), 'granted'],
  ]
}

function confirmed(id: string): readonly Step[] {
  return [...held(id), [confirm(id), 'confirmed']]
}

function owed(id: string): readonly Step[] {
  return [
    [supply(1), 'supplied'],
    [configure(1, { backorderLimit: 5 }), 'configured'],
    [reserve(id, { ...ORDER, backorder: true }), 'granted'],
  ]
}

export const STATES: Readonly<Record<StateName, State>> = {
  unknown: { steps: () => [[supply(3), 'supplied']] },
  held: { steps: held },
  'held, due but not swept': { steps: (id) => [...held(id), pass(HOLD_MS)] },
  'held, one unit owed': { steps: owed, needs: ['backorder'] },
  deferred: { steps: deferred },
  'deferred, due but not swept': { steps: (id) => [...deferred(id), pass(HOLD_MS)] },
  confirmed: { steps: confirmed },
  'confirmed, one unit returned': {
    steps: (id) => [...confirmed(id), [giveBack(id, 'earlier return'), 'returned']],
    needs: ['returns'],
  },
  'confirmed, one unit owed': {
    steps: (id) => [...owed(id), [confirm(id), 'confirmed']],
    needs: ['backorder'],
  },
  'cancelled by its buyer': { steps: (id) => [...held(id), [release(id, 'buyer'), 'released']] },
  'cancelled by its seller': { steps: (id) => [...held(id), [release(id, 'seller'), 'released']] },
  'rolled back after it was paid': {
    steps: (id) => [...confirmed(id), [release(id, 'rollback'), 'released']],
  },
  expired: { steps: (id) => [...held(id), pass(HOLD_MS), [sweep(), 'swept']] },
  'in need of a refund': {
    steps: (id) => [...held(id), [release(id, 'seller'), 'released'], [confirm(id), 'refund-required']],
  },
  tombstoned: {
    steps: (id) => [
      [supply(3), 'supplied'],
      [release(id, 'seller'), 'tombstoned'],
    ],
  },
}
