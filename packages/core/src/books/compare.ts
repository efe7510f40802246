import { bucketNamed, VAULT } from '../partition/bucket-names.js'
import type { AccountNames } from '../port/feed.js'
import type { ReservationStore } from '../port/reservation-store.js'
import { FIGURES, nameOf, pages } from './books.js'
import type { Difference } from './differences.js'

/** What a fast store and its ledger are compared by: each thing's name, and of each its figures. */
type Contents = Map<
  string,
  { readonly of: Difference['of']; readonly name: string; readonly figures: Figures }
>
type Figures = { [figure: string]: number | string | null }

/**
 * What differs between a store and the ledger that follows it: accounts, live reservations, counters, guards, strikes. Both must
 * be at rest. `found` is the ledger's.
 *
 * @param names under which the ledger keeps the accounts of each partition
 */
export async function differencesBetween(
  store: ReservationStore,
  ledger: ReservationStore,
  names: { of(partition: string): AccountNames },
): Promise<readonly Difference[]> {
  const expected = await contentsOf(store, (partition) => names.of(partition))
  const found = await contentsOf(ledger, () => (account) => account)
  const differences: Difference[] = []
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const [here, there] = [expected.get(key), found.get(key)]
    const { of, name } = (here ?? there) as NonNullable<typeof here>
    const figures = new Set([...Object.keys(here?.figures ?? {}), ...Object.keys(there?.figures ?? {})])
    for (const figure of figures) {
      const [wanted = null, is = null] = [here?.figures[figure], there?.figures[figure]]
      if (wanted !== is)
        differences.push({
          of,
          name,
          figure: `${figure} in the ledger's database`,
          found: is,
          expected: wanted,
        })
    }
  }
  return differences
}

async function contentsOf(
  store: ReservationStore,
  namesOf: (partition: string) => AccountNames,
): Promise<Contents> {
  const contents: Contents = new Map()
  const put = (of: Difference['of'], name: string, figures: Figures) => {
    const key = `${of} ${name}`
    const before = contents.get(key)?.figures
    contents.set(key, { of, name, figures: before === undefined ? figures : sum(before, figures) })
  }
  for (const partition of await store.partitions()) {
    const named = namesOf(partition)
    await store.snapshot(partition, async (read) => {
      for await (const { accounts } of pages(read, 'accounts'))
        for (const account of accounts.filter(({ key }) => bucketNamed(key)?.partition !== VAULT))
          put(
            'account',
            nameOf(named(account.key)),
            Object.fromEntries(FIGURES.map((name) => [name, account[name]])),
          )
      for await (const { reservations } of pages(read, 'reservations'))
        for (const { id, state } of reservations) {
          if (state.status !== 'held' && state.status !== 'deferred') continue
          const { status, version, expiresAt, lines } = state
          put('reservation', id, { status, version, expiresAt, lines: JSON.stringify(lines) })
        }
      for await (const { counters } of pages(read, 'counters'))
        for (const { name, used } of counters) if (used > 0) put('counter', name, { used })
      for await (const { guards } of pages(read, 'guards'))
        for (const { name, state } of guards)
          if (state.status === 'open') put('guard', name, { order: state.id, expiresAt: state.expiresAt })
      for await (const { strikes } of pages(read, 'strikes'))
        for (const { name, state } of strikes)
          if (state.count > 0 || state.tag !== null)
            put('strikes', name, { count: state.count, until: state.until, tag: JSON.stringify(state.tag) })
    })
  }
  return contents
}

/** An account may lie in several partitions. */
function sum(one: Figures, other: Figures): Figures {
  return Object.fromEntries(
    Object.entries(one).map(([figure, value]) => {
      const more = other[figure]
      return [figure, typeof value === 'number' && typeof more === 'number' ? value + more : value]
    }),
  )
}
