import type { ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import { atTime } from '../model/at-time.js'
import { mixedBatch, openingSupply } from '../model/history.js'
import {
  configure,
  confirm,
  extend,
  gate,
  giveBack,
  guard,
  HOLD_MS,
  release,
  reserve,
  SHIRT,
  SHIRT_EU,
  shrink,
  supply,
  sweep,
  units,
  use,
} from '../scenario/commands.js'
import { Scenario } from '../scenario/scenario.js'
import { pass, story, together } from './story.js'

function mixed(size: number): Case<ReservationStore> {
  return {
    name: `a batch of ${size} mixed commands is answered as the same commands one by one`,
    needs: [],
    run: (kit) =>
      Scenario.play(kit, async (scenario) => {
        const now = scenario.clock.now()
        await scenario.apply(...openingSupply(kit.capabilities))
        await scenario.apply(...mixedBatch(kit.capabilities, size, size).map((one) => atTime(one, now)))
        scenario.clock.pass(HOLD_MS)
        const later = mixedBatch(kit.capabilities, size, -size)
        await scenario.apply(...later.map((one) => atTime(one, scenario.clock.now())))
      }),
  }
}

/** What a batch may not change: its commands are decided one by one, in order, at one moment. */
export const BATCHES: readonly Case<ReservationStore>[] = [
  ...[1, 2, 100, 1_000].map(mixed),
  story('the last units go to the first that ask', [
    [supply(2), 'supplied'],
    together(
      [reserve('a'), 'granted'],
      [reserve('b'), 'granted'],
      [reserve('c'), { kind: 'insufficient-stock', short: [{ account: SHIRT, requested: 1, available: 0 }] }],
      [reserve('d'), 'insufficient-stock'],
    ),
  ]),
  story(
    'a refusal does not stop what comes after it',
    [
      [supply(2), 'supplied'],
      together(
        [reserve('too many', { units: [units(3)] }), 'insufficient-stock'],
        [reserve('unknown', { units: [units(1, SHIRT_EU)] }), 'account-unknown'],
        [extend('nobody'), 'unknown-id'],
        [reserve('fits', { units: [units(2)] }), 'granted'],
      ),
    ],
    'one partition',
  ),
  story('the same id twice: granted, then replayed', [
    [supply(2), 'supplied'],
    together(
      [reserve('order'), 'granted'],
      [reserve('order'), { kind: 'replayed', status: 'held', expiresAt: START + HOLD_MS }],
      [reserve('order', { buyer: 'another' }), { kind: 'id-reused', differs: ['buyer'] }],
    ),
    [supply(0), { kind: 'supplied', available: 1 }],
  ]),
  story('a whole life in one batch', [
    together(
      [supply(3), { kind: 'supplied', available: 3 }],
      [reserve('order', { units: [units(3)], uses: [use('limit', 3)], guards: [guard('guard')] }), 'granted'],
      [extend('order', 2 * HOLD_MS), { kind: 'extended', expiresAt: START + 2 * HOLD_MS }],
      [shrink('order', units(2)), 'shrunk'],
      [confirm('order'), { kind: 'confirmed', late: false, owed: [] }],
      [confirm('order'), { kind: 'already', status: 'confirmed' }],
      [release('order', 'rollback'), 'released'],
      [reserve('order', { units: [units(3)] }), { kind: 'replayed', status: 'released', expiresAt: null }],
      [reserve('next', { units: [units(3)], uses: [use('limit', 3)], guards: [guard('guard')] }), 'granted'],
    ),
  ]),
  story('undo before do, in one batch', [
    [supply(1), 'supplied'],
    together([release('order', 'seller'), 'tombstoned'], [reserve('order'), 'tombstoned']),
  ]),
  story('a limit counts what was granted earlier in the batch', [
    [supply(9), 'supplied'],
    together(
      [reserve('a', { uses: [use('limit', 2)] }), 'granted'],
      [reserve('b', { uses: [use('limit', 2)] }), 'granted'],
      [
        reserve('c', { uses: [use('limit', 2)] }),
        { kind: 'purchase-limit', use: 0, counter: 'limit', max: 2, used: 2, requested: 1 },
      ],
      [release('a', 'seller'), 'released'],
      [reserve('d', { uses: [use('limit', 2)] }), 'granted'],
    ),
  ]),
  story('a guard opened earlier in the batch is met', [
    [supply(9), 'supplied'],
    together(
      [reserve('a', { guards: [guard('guard')] }), 'granted'],
      [
        reserve('b', { guards: [guard('guard')] }),
        { kind: 'unpaid-order', guard: 'guard', id: 'a', expiresAt: START + HOLD_MS },
      ],
      [confirm('a'), 'confirmed'],
      [reserve('c', { guards: [guard('guard')] }), 'granted'],
    ),
  ]),
  story('a strike earned earlier in the batch counts', [
    [supply(9), 'supplied'],
    together(
      [reserve('a', { risk: gate('strikes') }), 'granted'],
      [release('a', 'buyer'), 'released'],
      [reserve('b', { risk: gate('strikes', { refuseAt: 1 }) }), 'buyer-refused'],
    ),
  ]),
  story('a sweep gives units to what comes after it, not before', [
    [supply(1), 'supplied'],
    [reserve('overdue'), 'granted'],
    pass(HOLD_MS),
    together([reserve('before'), 'insufficient-stock'], [sweep(), 'swept'], [reserve('after'), 'granted']),
  ]),
  story('settings and supply count for what comes after them', [
    together(
      [reserve('a'), 'account-unknown'],
      [supply(1), 'supplied'],
      [reserve('b'), 'granted'],
      [configure(1, { closesAt: START }), 'configured'],
      [reserve('c'), 'sale-closed'],
      [configure(2), 'configured'],
      [reserve('d'), 'insufficient-stock'],
    ),
  ]),
  story('a movement twice in one batch is applied once', [
    together(
      [supply(5, SHIRT, 'delivery'), { kind: 'supplied', available: 5 }],
      [supply(5, SHIRT, 'delivery'), { kind: 'replayed-movement' }],
      [supply(6, SHIRT, 'delivery'), { kind: 'id-reused', differs: ['lines'] }],
    ),
  ]),
  story('two sweeps in one batch expire each hold once', [
    [supply(3), 'supplied'],
    [reserve('a'), 'granted'],
    [reserve('b'), 'granted'],
    [reserve('c'), 'granted'],
    pass(HOLD_MS),
    together(
      [sweep(1), { kind: 'swept', expired: ['a'], more: true, nextDueAt: START + HOLD_MS }],
      [extend('b'), { kind: 'already', status: 'expired' }],
      [sweep(5), { kind: 'swept', expired: ['c'], more: false, nextDueAt: null }],
    ),
  ]),
  story(
    'a return and its repetition in one batch',
    [
      [supply(3), 'supplied'],
      together(
        [reserve('order', { units: [units(2)] }), 'granted'],
        [confirm('order'), 'confirmed'],
        [giveBack('order', 'parcel'), 'returned'],
        [giveBack('order', 'parcel'), { kind: 'replayed-movement' }],
        [reserve('next', { units: [units(2)] }), 'granted'],
      ),
    ],
    'returns',
  ),
]
