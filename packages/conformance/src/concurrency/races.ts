import type { Command, ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  configure,
  confirm,
  extend,
  fill,
  gate,
  giveBack,
  guard,
  HOLD_MS,
  MUG,
  type ReserveDetails,
  release,
  reserve,
  SHIRT,
  SHIRT_EU,
  shrink,
  supply,
  sweep,
  transfer,
  units,
  use,
} from '../scenario/commands.js'
import { race } from './race.js'

/** `n` callers, each with one thing to say. */
function each(n: number, say: (caller: number) => Command): readonly (readonly Command[])[] {
  return Array.from({ length: n }, (_, caller) => [say(caller)])
}

function orders(n: number, details: ReserveDetails = {}): readonly (readonly Command[])[] {
  return each(n, (caller) => reserve(`order ${caller}`, details))
}

const FOR_THE_SAME: readonly Case<ReservationStore>[] = [
  race('twelve buyers race for three units', () => ({ given: [[supply(3)]], callers: orders(12) })),
  race('ten orders of one buyer race for a limit of two', () => ({
    given: [[supply(20)]],
    callers: orders(10, { uses: [use('limit', 2)] }),
  })),
  race('ten orders of one buyer race for one unpaid-order guard', () => ({
    given: [[supply(20)]],
    callers: orders(10, { guards: [guard('guard')] }),
  })),
  race('ten calls race with one id', () => ({
    given: [[supply(20)]],
    callers: each(10, (caller) => reserve('order', { buyer: caller % 3 === 0 ? 'another' : 'buyer' })),
  })),
  race('ten deliveries of one movement race', () => ({
    given: [[supply(0)]],
    callers: each(10, () => supply(5, SHIRT, 'delivery')),
  })),
  race('six deliveries of one payment race with two of another', () => ({
    given: [[supply(2)], [reserve('order')]],
    callers: each(8, (caller) => confirm('order', caller < 6 ? 'one' : 'two')),
  })),
  race('buyers race who cancel and come again', () => ({
    given: [[supply(2)]],
    callers: Array.from({ length: 5 }, (_, caller) => [
      reserve(`first ${caller}`, { uses: [use('limit', 2)] }),
      release(`first ${caller}`, 'seller'),
      reserve(`second ${caller}`, { uses: [use('limit', 2)] }),
    ]),
  })),
]

const FOR_ONE_HOLD: readonly Case<ReservationStore>[] = [
  race('payment, cancel and extension race on a live hold', () => ({
    given: [[supply(2)], [reserve('order', { uses: [use('limit', 2)], guards: [guard('guard')] })]],
    callers: [
      [confirm('order')],
      [release('order', 'buyer')],
      [extend('order', 2 * HOLD_MS)],
      [shrink('order')],
      [release('order', 'seller')],
      [confirm('order')],
      [reserve('next', { guards: [guard('guard')] })],
    ],
  })),
  race('payment, cancel and sweeps race on an overdue hold', () => ({
    given: [[supply(1)], [reserve('order', { risk: gate('strikes') })]],
    pass: HOLD_MS,
    callers: [
      [confirm('order')],
      [sweep()],
      [release('order', 'buyer')],
      [sweep()],
      [reserve('next')],
      [extend('order')],
      [reserve('order')],
    ],
  })),
  race('sweeps race over the same holds', () => ({
    given: [[supply(9)], ['a', 'b', 'c', 'd', 'e'].map((id) => reserve(id, { risk: gate('strikes') }))],
    pass: HOLD_MS,
    callers: each(4, () => sweep(3)),
  })),
  race('cancels race, and each is a strike', () => ({
    given: [[supply(9)], ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => reserve(id, { risk: gate('strikes') }))],
    callers: [...'abcdef'].map((id) => [release(id, 'buyer')]),
  })),
  race('undo and do race', () => ({
    given: [[supply(3)]],
    callers: [
      [reserve('a')],
      [release('a', 'seller')],
      [release('b', 'seller')],
      [reserve('b')],
      [reserve('c'), release('c', 'seller')],
      [release('c', 'seller'), reserve('c')],
    ],
  })),
  race('late payments race for the last unit', () => ({
    given: [[supply(3)], ['a', 'b', 'c'].map((id) => reserve(id))],
    pass: HOLD_MS,
    callers: [[sweep(), supply(-2)], [confirm('a')], [confirm('b')], [confirm('c')], [reserve('next')]],
  })),
]

const OVER_ACCOUNTS: readonly Case<ReservationStore>[] = [
  race(
    'orders of two lines race in opposite order',
    () => ({
      given: [[supply(3), supply(3, MUG)]],
      callers: each(10, (caller) => {
        const lines = [units(1), units(1, MUG)]
        return reserve(`order ${caller}`, { units: caller % 2 === 0 ? lines : lines.reverse() })
      }),
    }),
    'one partition',
  ),
  race(
    'buyers race on three accounts at once, ten on each',
    () => ({
      given: [[supply(3), supply(4, MUG), supply(5, SHIRT_EU)]],
      callers: [SHIRT, MUG, SHIRT_EU].flatMap((account) =>
        each(10, (caller) =>
          reserve(`${account.sku} ${account.pool} ${caller}`, { units: [units(1, account)] }),
        ),
      ),
    }),
    'one partition',
  ),
  race(
    'transfers race with each other and with buyers',
    () => ({
      given: [[supply(3), supply(3, SHIRT_EU)]],
      callers: [
        [transfer(2, SHIRT, SHIRT_EU, 'there'), transfer(1, SHIRT_EU, SHIRT, 'back')],
        [transfer(3, SHIRT_EU, SHIRT, 'all back')],
        [transfer(2, SHIRT, SHIRT_EU, 'there')],
        ...orders(3),
        [reserve('eu', { units: [units(3, SHIRT_EU)] })],
      ],
    }),
    'one partition',
  ),
]

const OVER_SUPPLY: readonly Case<ReservationStore>[] = [
  race('adjusting down races with buyers', () => ({
    given: [[supply(5)]],
    callers: [...orders(5), [supply(-2)], [supply(-3)], [supply(1)]],
  })),
  race('closing a sale races with its buyers', () => ({
    given: [[supply(9)]],
    callers: [
      ...orders(5),
      [configure(2, { closesAt: START })],
      [configure(1)],
      [reserve('late one'), reserve('later one')],
    ],
  })),
  race(
    'fills race with newcomers and with cancels',
    () => ({
      given: [
        [supply(0), configure(1, { backorderLimit: 9 })],
        ['a', 'b', 'c'].map((id) => reserve(id, { units: [units(2)], backorder: true })),
      ],
      callers: [[supply(5), fill(2)], [fill(2)], [release('b', 'seller')], [reserve('new')], [fill(1)]],
    }),
    'backorder',
  ),
  race(
    'returns race with a rollback',
    () => ({
      given: [
        [supply(5)],
        [reserve('order', { units: [units(3)], uses: [use('limit', 3)] })],
        [confirm('order')],
      ],
      callers: [
        [giveBack('order', 'one')],
        [giveBack('order', 'one')],
        [giveBack('order', 'two', { units: [units(2)] })],
        [giveBack('order', 'three', { units: [units(2)], restock: false })],
        [release('order', 'rollback')],
      ],
    }),
    'returns',
  ),
]

/** Many callers at once, over as many clients as the store was given. */
export const RACES: readonly Case<ReservationStore>[] = [
  ...FOR_THE_SAME,
  ...FOR_ONE_HOLD,
  ...OVER_ACCOUNTS,
  ...OVER_SUPPLY,
]
