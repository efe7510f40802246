import type { ReservationStore, StoreEvent } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { START } from '../kit/virtual-clock.js'
import { readAll } from '../reference/visible-state.js'
import {
  configure,
  confirm,
  extend,
  fill,
  gate,
  giveBack,
  HOLD_MS,
  MINUTE,
  release,
  reserve,
  SHIRT,
  SHIRT_EU,
  shrink,
  supply,
  sweep,
  transfer,
  units,
} from '../scenario/commands.js'
import type { Scenario } from '../scenario/scenario.js'
import { scene } from './story.js'

function told(event: StoreEvent): string {
  if (event.aggregate === 'reservation') return `${event.id} ${event.type} ${event.version}`
  return `${event.account.sku}/${event.account.pool} ${event.type} ${event.version}`
}

/** The events of the last batch that told anything. */
async function lastTold(scenario: Scenario): Promise<readonly StoreEvent[]> {
  const kept = await scenario.events()
  const batch = kept.at(-1)?.id.split('/').slice(0, -1).join('/')
  return kept.filter(({ id }) => id.startsWith(`${batch}/`)).map(({ event }) => event)
}

async function assertTold(scenario: Scenario, ...expected: readonly string[]): Promise<void> {
  assertSame((await lastTold(scenario)).map(told), expected, 'the events of the batch:')
}

function counters(available: number, reserved: number, sold: number, supplied: number) {
  return { available, reserved, sold, backordered: 0, supplied }
}

/** Events in the order in which things happened, and the ledger of what moved the units. */
export const TELLING: readonly Case<ReservationStore>[] = [
  scene('every transition of an order tells one event, with one version more', async (scenario) => {
    await scenario.apply(supply(5))
    await scenario.apply(reserve('order', { units: [units(3)] }))
    await assertTold(scenario, 'order granted 1', 'shirt/default changed 2')
    await scenario.apply(extend('order', 2 * HOLD_MS))
    await assertTold(scenario, 'order extended 2')
    await scenario.apply(shrink('order', units(2)))
    await assertTold(scenario, 'order shrunk 3', 'shirt/default changed 3')
    await scenario.apply(confirm('order'))
    await assertTold(scenario, 'order confirmed 4', 'shirt/default changed 4')
    await scenario.apply(release('order', 'rollback'))
    await assertTold(scenario, 'order released 5', 'shirt/default changed 5')
    await scenario.apply(confirm('order', 'another'))
    await assertTold(scenario, 'order refund-required 6')
  }),
  scene('a batch tells of each account once, at its end, with absolute counters', async (scenario) => {
    await scenario.apply(
      supply(5),
      reserve('one', { units: [units(2)] }),
      confirm('one'),
      reserve('two'),
      reserve('refused', { units: [units(9)] }),
      release('two', 'seller'),
      reserve('three'),
    )
    await assertTold(
      scenario,
      'one granted 1',
      'one confirmed 2',
      'two granted 1',
      'two released 2',
      'three granted 1',
      'shirt/default changed 1',
    )
    const changed = (await lastTold(scenario)).at(-1)
    assertSame(
      changed,
      {
        aggregate: 'stock-account',
        account: SHIRT,
        version: 1,
        at: START,
        type: 'changed',
        ...counters(2, 1, 2, 5),
        movements: [{ movement: 'supply shirt default 5', cause: 'restock', delta: 5 }],
      },
      'the event of the account:',
    )
  }),
  scene('a grant tells all that was granted', async (scenario) => {
    await scenario.apply(supply(5))
    await scenario.apply(
      reserve('order', { units: [units(2)], risk: gate('strikes'), data: '{"gift":true}', holdMs: MINUTE }),
    )
    assertSame(
      (await lastTold(scenario))[0],
      {
        aggregate: 'reservation',
        id: 'order',
        version: 1,
        at: START,
        type: 'granted',
        home: 'home',
        stock: 'taken',
        fingerprint: { buyer: 'buyer', lines: '[["shirt",2]]' },
        lines: [{ account: SHIRT, quantity: 2, owed: 0, returned: 0 }],
        uses: [],
        guards: [],
        strike: { strikes: 'strikes', strikeMs: 24 * 60 * MINUTE },
        backorder: false,
        expiresAt: START + MINUTE,
        maxExpiresAt: START + 30 * MINUTE,
        data: '{"gift":true}',
      },
      'the event of the grant:',
    )
  }),
  scene('a hold that a command meets overdue tells its expiry first', async (scenario) => {
    await scenario.apply(supply(5), reserve('order', { risk: gate('strikes') }))
    scenario.clock.pass(HOLD_MS)
    await scenario.apply(confirm('order'))
    await assertTold(scenario, 'order expired 2', 'order confirmed 3', 'shirt/default changed 2')
    const [expired] = await lastTold(scenario)
    assertSame(expired?.type === 'expired' && expired.struck, true, 'the expiry was a strike:')
  }),
  scene('a sweep tells of each hold, the longest due first', async (scenario) => {
    await scenario.apply(supply(5), reserve('b'), reserve('a'), reserve('c', { holdMs: MINUTE }))
    scenario.clock.pass(HOLD_MS)
    await scenario.apply(sweep())
    await assertTold(scenario, 'c expired 2', 'a expired 2', 'b expired 2', 'shirt/default changed 2')
  }),
  scene('an undo before do tells its tombstone', async (scenario) => {
    await scenario.apply(supply(5))
    await scenario.apply(release('order', 'seller', 'payment failed'))
    assertSame(
      await lastTold(scenario),
      [
        {
          aggregate: 'reservation',
          id: 'order',
          version: 1,
          at: START,
          type: 'tombstoned',
          home: 'home',
          cause: 'seller',
          reason: 'payment failed',
        },
      ],
      'the event of the tombstone:',
    )
  }),
  scene(
    'settings are told where they were set, with one version of the account a batch',
    async (scenario) => {
      await scenario.apply(supply(5))
      await scenario.apply(configure(1, { opensAt: START }), reserve('order'), configure(2))
      await assertTold(
        scenario,
        'shirt/default configured 2',
        'order granted 1',
        'shirt/default configured 2',
        'shirt/default changed 2',
      )
    },
  ),
  scene('events of batches that told nothing leave no trace, and ids grow', async (scenario) => {
    await scenario.apply(supply(5))
    const before = await scenario.events()
    await scenario.apply(sweep())
    await scenario.apply(extend('nobody'))
    await scenario.apply(reserve('order'))
    const after = await scenario.events()
    assertSame(after.slice(0, before.length), before, 'the events told before:')
    assertSame(new Set(after.map(({ id }) => id)).size, after.length, 'event ids, each its own:')
  }),
  scene(
    'a transfer tells of both its accounts',
    async (scenario) => {
      await scenario.apply(supply(5), supply(0, SHIRT_EU))
      await scenario.apply(transfer(2, SHIRT, SHIRT_EU))
      await assertTold(scenario, 'shirt/default changed 2', 'shirt/eu changed 2')
      const deltas = (await lastTold(scenario)).map((event) => event.type === 'changed' && event.movements)
      assertSame(
        deltas,
        [
          [{ movement: 'transfer', cause: 'transfer', delta: -2 }],
          [{ movement: 'transfer', cause: 'transfer', delta: 2 }],
        ],
        'the movements told:',
      )
    },
    'one partition',
  ),
  scene(
    'a fill tells of each order that it fills',
    async (scenario) => {
      await scenario.apply(supply(0), configure(1, { backorderLimit: 9 }))
      await scenario.apply(
        reserve('b', { backorder: true }),
        reserve('a', { backorder: true, units: [units(2)] }),
      )
      await scenario.apply(supply(2))
      await scenario.apply(fill())
      await assertTold(scenario, 'b filled 2', 'a filled 2', 'shirt/default changed 4')
      const filled = (await lastTold(scenario))[1]
      assertSame(filled?.type === 'filled' && filled.owedLeft, 1, 'units left owed:')
    },
    'backorder',
  ),
  scene(
    'a return tells its movement, and what became of the units',
    async (scenario) => {
      await scenario.apply(supply(5), reserve('order', { units: [units(2)] }), confirm('order'))
      await scenario.apply(giveBack('order', 'parcel', { restock: false }))
      const [returned, changed] = await lastTold(scenario)
      assertSame(
        returned?.type === 'returned' && [returned.movement, returned.restocked],
        ['parcel', false],
        'told:',
      )
      assertSame(
        changed?.type === 'changed' && changed.movements,
        [{ movement: 'parcel', cause: 'returned', delta: -1 }],
        'the movement told:',
      )
    },
    'returns',
  ),
  scene('the ledger keeps what moved the units, and why, in order', async (scenario) => {
    await scenario.apply(supply(5, SHIRT, 'delivery'), reserve('order', { units: [units(2)] }))
    await scenario.apply(shrink('order', units(1)))
    await scenario.apply(confirm('order'), reserve('refused', { units: [units(9)] }))
    const ledger = await readAll((query) => scenario.read(query), 'ledger')
    assertSame(
      ledger.map((entry) => [
        entry.cause,
        entry.reservation,
        entry.movement,
        entry.available,
        entry.reserved,
        entry.sold,
        entry.supplied,
      ]),
      [
        ['restock', null, 'delivery', 5, 0, 0, 5],
        ['granted', 'order', null, -2, 2, 0, 0],
        ['shrunk', 'order', null, 1, -1, 0, 0],
        ['confirmed', 'order', null, 0, -1, 1, 0],
      ],
      'the ledger:',
    )
  }),
]
