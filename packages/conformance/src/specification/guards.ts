import type { Outcome, ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  confirm,
  extend,
  guard,
  HOLD_MS,
  MINUTE,
  release,
  reserve,
  supply,
  sweep,
  units,
} from '../scenario/commands.js'
import { pass, story } from './story.js'

const GUARDED = { guards: [guard('guard')] }

function unpaid(id: string, expiresAt = START + HOLD_MS, name = 'guard'): Outcome {
  return { kind: 'unpaid-order', guard: name, id, expiresAt }
}

/** The unpaid-order guard: at most one open order per buyer and scope. */
export const GUARDS: readonly Case<ReservationStore>[] = [
  story('a second unpaid order is refused, naming the first and its deadline', [
    [supply(9), 'supplied'],
    [reserve('one', GUARDED), 'granted'],
    [reserve('two', GUARDED), unpaid('one')],
  ]),
  story('a paid order frees its guard', [
    [supply(9), 'supplied'],
    [reserve('one', GUARDED), 'granted'],
    [confirm('one'), 'confirmed'],
    [reserve('two', GUARDED), 'granted'],
  ]),
  story('a cancelled order frees its guard', [
    [supply(9), 'supplied'],
    [reserve('one', GUARDED), 'granted'],
    [release('one', 'buyer'), 'released'],
    [reserve('two', GUARDED), 'granted'],
  ]),
  story('a swept order frees its guard', [
    [supply(9), 'supplied'],
    [reserve('one', GUARDED), 'granted'],
    pass(HOLD_MS),
    [sweep(), 'swept'],
    [reserve('two', GUARDED), 'granted'],
  ]),
  story('a guard is freed by its own order alone', [
    [supply(9), 'supplied'],
    [reserve('one', GUARDED), 'granted'],
    pass(HOLD_MS),
    [reserve('two', GUARDED), 'granted'],
    [release('one', 'buyer'), { kind: 'already', status: 'expired' }],
    [confirm('one'), { kind: 'confirmed', late: true, owed: [] }],
    [release('one', 'rollback'), 'released'],
    [reserve('three', GUARDED), unpaid('two', START + 2 * HOLD_MS)],
  ]),
  story('an extended order keeps its guard as long as its hold', [
    [supply(9), 'supplied'],
    [reserve('one', GUARDED), 'granted'],
    pass(MINUTE),
    [extend('one'), 'extended'],
    pass(HOLD_MS - MINUTE),
    [reserve('two', GUARDED), unpaid('one', START + HOLD_MS + MINUTE)],
    pass(MINUTE),
    [reserve('two', GUARDED), 'granted'],
  ]),
  story('guards of several scopes: the first that is open is named, and none is opened', [
    [supply(9), 'supplied'],
    [reserve('one', { guards: [guard('sku')] }), 'granted'],
    [reserve('two', { guards: [guard('shop'), guard('sku')] }), unpaid('one', START + HOLD_MS, 'sku')],
    [reserve('three', { guards: [guard('shop')] }), 'granted'],
  ]),
  story('an order frees all its guards', [
    [supply(9), 'supplied'],
    [reserve('one', { guards: [guard('shop'), guard('sku')] }), 'granted'],
    [release('one', 'seller'), 'released'],
    [reserve('two', { guards: [guard('sku')] }), 'granted'],
    [reserve('three', { guards: [guard('shop')] }), 'granted'],
  ]),
  story('an order open under an older name of the guard is met', [
    [supply(9), 'supplied'],
    [reserve('one', { guards: [guard('key 1')] }), 'granted'],
    [reserve('two', { guards: [guard('key 2', 'key 1')] }), unpaid('one', START + HOLD_MS, 'key 1')],
    pass(HOLD_MS),
    [reserve('two', { guards: [guard('key 2', 'key 1')] }), 'granted'],
    [reserve('three', { guards: [guard('key 1')] }), 'granted'],
  ]),
  story('guards of one buyer and another do not meet', [
    [supply(9), 'supplied'],
    [reserve('one', { guards: [guard('of one')] }), 'granted'],
    [reserve('two', { guards: [guard('of two')] }), 'granted'],
  ]),
  story('an order refused for stock opens no guard', [
    [supply(1), 'supplied'],
    [reserve('refused', { ...GUARDED, units: [units(2)] }), 'insufficient-stock'],
    [reserve('next', GUARDED), 'granted'],
  ]),
  story('a refused order leaves the open guard to its own order', [
    [supply(9), 'supplied'],
    [reserve('one', GUARDED), 'granted'],
    [reserve('two', GUARDED), unpaid('one')],
    [release('two', 'buyer'), 'tombstoned'],
    [reserve('three', GUARDED), unpaid('one')],
  ]),
]
