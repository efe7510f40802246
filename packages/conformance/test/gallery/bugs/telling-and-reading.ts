import type { Page, StoreEvent } from '@holdfast/core/adapter'
import { bug, type PlantedBug } from '../planted-bug.js'
import { VariantPartition } from '../variant-store.js'

class KeepsNoShrinks extends VariantPartition {
  override accountChanged(...[account, change, cause]: Parameters<VariantPartition['accountChanged']>): void {
    super.accountChanged(account, change, cause)
    if (cause.type === 'shrunk') this.ledger.pop()
  }
}

function isChanged(event: StoreEvent): boolean {
  return event.type === 'changed'
}

function expiryLast(one: StoreEvent, other: StoreEvent): number {
  return Number(one.type === 'expired') - Number(other.type === 'expired')
}

export const TELLING_AND_READING: readonly PlantedBug[] = [
  bug(
    'an event is missing',
    'events and ledger: every transition of an order tells one event, with one version more',
    () => ({ told: (events) => events.filter(({ type }) => type !== 'extended') }),
  ),
  bug(
    'an event is told twice',
    'events and ledger: a sweep tells of each hold, the longest due first',
    () => ({
      told: (events) =>
        events.flatMap((event): StoreEvent[] => (event.type === 'expired' ? [event, event] : [event])),
    }),
  ),
  bug(
    'accounts are told before what changed them',
    'events and ledger: a batch tells of each account once, at its end, with absolute counters',
    () => ({
      told: (events) => [...events.filter(isChanged), ...events.filter((event) => !isChanged(event))],
    }),
  ),
  bug('a grant is told without its data', 'events and ledger: a grant tells all that was granted', () => ({
    told: (events) => events.map((event) => (event.type === 'granted' ? { ...event, data: null } : event)),
  })),
  bug(
    'an expiry is told after what met it',
    'events and ledger: a hold that a command meets overdue tells its expiry first',
    () => ({
      told: (events) => [...events].sort(expiryLast),
    }),
  ),
  bug('a tombstone is not told', 'events and ledger: an undo before do tells its tombstone', () => ({
    told: (events) => events.filter(({ type }) => type !== 'tombstoned'),
  })),
  bug('a fill is told once for all', 'events and ledger: a fill tells of each order that it fills', () => ({
    told: (events) => {
      const first = events.findIndex(({ type }) => type === 'filled')
      return events.filter(({ type }, index) => type !== 'filled' || index === first)
    },
  })),
  bug(
    'the ledger misses an entry',
    'events and ledger: the ledger keeps what moved the units, and why, in order',
    () => ({
      partition: new KeepsNoShrinks(),
    }),
  ),
  bug(
    'event ids begin anew',
    'events and ledger: events of batches that told nothing leave no trace, and ids grow',
    () => ({
      shown: (page) => ({
        ...page,
        events: page.events.map(({ event }, index) => ({ id: `main/1/1/${index % 2}`, event })),
      }),
    }),
  ),
  bug(
    'a page skips an entry',
    'reading: reservations are listed in pages of any size, each entry once',
    () => ({
      shown: (page) =>
        page.cursor === null || page.reservations.length === 0
          ? page
          : { ...page, cursor: String(Number(page.cursor) + 1) },
    }),
  ),
  bug('a page repeats an entry', 'reading: events are listed in pages of any size, each entry once', () => ({
    shown: (page, query) =>
      query.kind === 'list' &&
      query.of === 'events' &&
      query.limit === 3 &&
      page.cursor !== null &&
      query.cursor === null
        ? { ...page, cursor: String(Number(page.cursor) - 1) }
        : page,
  })),
  bug(
    'a page is larger than asked',
    'reading: ledger are listed in pages of any size, each entry once',
    () => ({
      shown: (page, query, { partition }) =>
        query.kind === 'list' && query.of === 'ledger' && query.limit < 11
          ? { ...page, ledger: partition.ledger, cursor: null }
          : page,
    }),
  ),
  bug(
    'a read shows what stood before',
    'reading: by key, what is there is found and what is not is left out',
    () => ({
      shown: (page, query) => (query.kind === 'keys' ? { ...page, strikes: [] } : page),
    }),
  ),
  bug('no keys find everything', 'reading: no keys find nothing', () => ({
    shown: (page, query, { partition }) =>
      query.kind === 'keys' && query.guards.length === 0
        ? { ...page, guards: [...partition.guards].map(([name, state]) => ({ name, state })) }
        : page,
  })),
  bug('a page is alive', 'reading: a page does not change when its partition does', () => ({
    shown: (page, query, { partition }): Page =>
      query.kind === 'keys'
        ? { ...page, accounts: query.accounts.flatMap((key) => partition.account(key) ?? []) }
        : page,
  })),
  bug(
    'accounts are listed as they came',
    'reading: accounts are listed by SKU and pool, all or those asked for',
    () => ({
      shown: (page, query, { partition }) =>
        query.kind === 'list' && query.of === 'accounts' && query.account === undefined && query.limit === 50
          ? { ...page, accounts: [...partition.accounts.values()].map((state) => ({ ...state })) }
          : page,
    }),
  ),
  bug('the ledger is everyone’s', 'reading: the ledger is listed by account', () => ({
    shown: (page, query, { partition }) =>
      query.kind === 'list' && query.of === 'ledger' && query.account !== undefined
        ? { ...page, ledger: partition.ledger, cursor: null }
        : page,
  })),
  bug(
    'a stranger’s epoch is not noticed',
    'capabilities and epochs: a batch that expects the epoch is applied, and one that expects another is fenced',
    () => ({
      arrived: async (_commands, store) => {
        store.apply = function apply(partition, _epoch, commands) {
          return Object.getPrototypeOf(store).apply.call(store, partition, null, commands)
        }
        return () => {}
      },
    }),
  ),
]
