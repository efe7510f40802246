import type { Command, Outcome, ReservationStore } from '@holdfast/core/adapter'
import type { Case, Need } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { START } from '../kit/virtual-clock.js'
import {
  configure,
  confirm,
  extend,
  fill,
  gate,
  giveBack,
  guard,
  judge,
  MINUTE,
  MUG,
  release,
  reserve,
  SHIRT_EU,
  shrink,
  supply,
  sweep,
  transfer,
  units,
  use,
} from '../scenario/commands.js'
import { scene } from './story.js'

/** What every attempt would claim, were it not refused. */
const ALL = { uses: [use('fresh', 9)], guards: [guard('fresh')], risk: gate('fresh') }

interface Attempt {
  readonly command: Command
  readonly refused: Outcome['kind']
  readonly needs?: readonly Need[]
}

const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  'a reserve under a used id': {
    command: reserve('held', { ...ALL, buyer: 'another' }),
    refused: 'id-reused',
  },
  'a replay': { command: reserve('held', ALL), refused: 'replayed' },
  'a reserve under a tombstone': { command: reserve('tombstoned', ALL), refused: 'tombstoned' },
  'a late reserve': { command: reserve('new', { ...ALL, notAfter: START - 1 }), refused: 'late' },
  'a reserve that the policy refused': {
    command: reserve('new', { ...ALL, refuse: { kind: 'pool-not-served', region: null, served: [] } }),
    refused: 'pool-not-served',
  },
  'a reserve on an unknown account': {
    command: reserve('new', { ...ALL, units: [units(1), units(1, MUG)] }),
    refused: 'account-unknown',
    needs: ['one partition'],
  },
  'a reserve before the sale': {
    command: reserve('new', { ...ALL, units: [units(1), units(1, SHIRT_EU)] }),
    refused: 'sale-not-open',
    needs: ['one partition'],
  },
  'a reserve of a refused buyer': {
    command: reserve('new', { ...ALL, risk: gate('refused') }),
    refused: 'buyer-refused',
  },
  'a reserve beside an unpaid order': {
    command: reserve('new', { ...ALL, guards: [guard('fresh'), guard('guard')] }),
    refused: 'unpaid-order',
  },
  'a reserve in a window that has passed': {
    command: reserve('new', { ...ALL, uses: [use('fresh', 9), use('passed', 9, { to: START })] }),
    refused: 'window-passed',
  },
  'a reserve past a limit': {
    command: reserve('new', { ...ALL, uses: [use('fresh', 9), use('limit', 1)] }),
    refused: 'purchase-limit',
  },
  'a reserve past the stock': {
    command: reserve('new', { ...ALL, units: [units(6)] }),
    refused: 'insufficient-stock',
  },
  'a repeated payment': { command: confirm('paid'), refused: 'already' },
  'a duplicate payment': { command: confirm('paid', 'another'), refused: 'refund-required' },
  'a payment of an unknown id': { command: confirm('new'), refused: 'unknown-id' },
  'an extension of an unknown id': { command: extend('new'), refused: 'unknown-id' },
  'an extension of a paid order': { command: extend('paid'), refused: 'already' },
  'an extension to no later than it is': { command: extend('held', MINUTE), refused: 'extended' },
  'a shrink of an unknown id': { command: shrink('new', units(1)), refused: 'unknown-id' },
  'a shrink to more': { command: shrink('held', units(2)), refused: 'exceeds' },
  'a shrink to the same': { command: shrink('held', units(1)), refused: 'shrunk' },
  'a release of a paid order by its buyer': { command: release('paid', 'buyer'), refused: 'already' },
  'a return of too much': {
    command: giveBack('paid', 'parcel', { units: [units(2)] }),
    refused: 'exceeds',
    needs: ['returns'],
  },
  'a return of an unknown id': {
    command: giveBack('new', 'parcel'),
    refused: 'unknown-id',
    needs: ['returns'],
  },
  'a repeated movement': { command: supply(7), refused: 'replayed-movement' },
  'a movement under a used id': {
    command: supply(9, undefined, 'supply shirt default 7'),
    refused: 'id-reused',
  },
  'an adjustment past what is available': { command: supply(-9), refused: 'insufficient-stock' },
  'an adjustment of an unknown account': {
    command: supply(-1, MUG),
    refused: 'account-unknown',
    needs: ['one partition'],
  },
  'a transfer past what is available': {
    command: transfer(9, units(1).account, SHIRT_EU),
    refused: 'insufficient-stock',
    needs: ['one partition'],
  },
  'a transfer to an unknown account': {
    command: transfer(1, units(1).account, { sku: 'shirt', pool: 'nowhere' }),
    refused: 'account-unknown',
    needs: ['one partition'],
  },
  'an older configuration': { command: configure(1, { closesAt: START }), refused: 'stale-version' },
  'the same configuration': { command: configure(2), refused: 'configured' },
  'the same judgement': { command: judge('refused', { effect: 'refuse', until: null }), refused: 'judged' },
  'forgiving a buyer without strikes': { command: judge('nobody', undefined, true), refused: 'judged' },
  'a sweep of nothing': { command: sweep(), refused: 'swept' },
  'a fill of nothing': { command: fill(), refused: 'filled', needs: ['backorder'] },
}

function costsNothing(name: string, { command, refused, needs = [] }: Attempt): Case<ReservationStore> {
  return scene(
    `${name} changes nothing and tells nothing`,
    async (scenario) => {
      await scenario.apply(
        supply(7),
        configure(2),
        judge('refused', { effect: 'refuse', until: null }),
        reserve('held', { uses: [use('limit', 1)], guards: [guard('guard')] }),
        reserve('paid'),
        confirm('paid'),
        release('tombstoned', 'seller'),
      )
      // Elsewhere in the partition, where the store has one partition for it.
      if (needs.includes('one partition')) {
        await scenario.apply(
          supply(5, SHIRT_EU),
          configure(1, { account: SHIRT_EU, opensAt: START + MINUTE }),
        )
      }
      const before = await scenario.assertStands()
      const told = await scenario.events()
      await scenario.expect(command, refused)
      assertSame(await scenario.assertStands(), before, 'the state changed:')
      assertSame(await scenario.events(), told, 'something was told:')
    },
    ...needs,
  )
}

/** A refused attempt costs nothing: no unit, no use, no guard, no strike, no id, no event. */
export const REJECTED_ATTEMPTS: readonly Case<ReservationStore>[] = Object.entries(ATTEMPTS).map(
  ([name, attempt]) => costsNothing(name, attempt),
)
