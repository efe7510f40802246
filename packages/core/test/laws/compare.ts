import type { ReservationStore } from '../../src/port/reservation-store.js'
import { listed } from '../memory.js'
import { type Books, nameOf } from './books.js'
import { mustBe, Violation } from './violation.js'

const FIGURES = ['available', 'reserved', 'sold', 'backordered', 'supplied'] as const

type Reads = Pick<ReservationStore, 'read'>

/** Everything that the store shows must be what the facts add up to. */
export async function compare(store: Reads, books: Books, now: number, retentionMs: number): Promise<void> {
  await compareReservations(store, books, now, retentionMs)
  await compareAccounts(store, books)
  await compareCounters(store, books)
  const guards = await listed(store, 'guards')
  for (const { name, state } of guards) {
    const { id, expiresAt } = { id: null, expiresAt: 0, ...state }
    mustBe('L4', `guard ${name}`, { id, expiresAt }, books.guards.get(name))
  }
  mustBe('L4', 'how many guards are open', guards.length, books.guards.size)
  for (const { name, state } of await listed(store, 'strikes')) {
    const { count, until, tag } = books.strikesOf(name)
    mustBe('L6', `strikes ${name}`, state, { count, until, tag })
  }
}

async function compareAccounts(store: Reads, books: Books): Promise<void> {
  const accounts = await listed(store, 'accounts')
  mustBe('L1', 'how many accounts there are', accounts.length, books.accounts.size)
  for (const account of accounts) {
    const name = nameOf(account.key)
    const expected = books.figures(account.key)
    for (const figure of FIGURES) {
      if (account[figure] < 0) throw new Violation('L2', `${figure} of ${name} is ${account[figure]}`)
      mustBe('L1', `${figure} of ${name}`, account[figure], expected[figure])
    }
    const { available, reserved, sold, supplied, archived } = account
    mustBe('L1', `the balance of ${name}`, available + reserved + sold, supplied)
    mustBe('L1', `what forgotten orders of ${name} sold`, archived, books.accounts.get(name)?.lapsed)
  }
}

async function compareCounters(store: Reads, books: Books): Promise<void> {
  const shown = new Set<string>()
  for (const { name, used } of await listed(store, 'counters')) {
    shown.add(name)
    if (used < 0) throw new Violation('L2', `counter ${name} is ${used}`)
    mustBe('L3', `counter ${name}`, used, books.used(name))
  }
  for (const name of books.counters())
    if (!shown.has(name)) mustBe('L3', `counter ${name}`, 0, books.used(name))
}

async function compareReservations(
  store: Reads,
  books: Books,
  now: number,
  retentionMs: number,
): Promise<void> {
  const shown = new Map((await listed(store, 'reservations')).map(({ id, state }) => [id, state]))
  for (const [id, fact] of books.facts) {
    const state = shown.get(id)
    if (state !== undefined) continue
    if (!books.mayLapse(fact, now, retentionMs))
      throw new Violation('L5', `${id}, ${fact.status}, is forgotten`)
    books.lapse(id, fact)
  }
  for (const [id, state] of shown) {
    const fact = books.facts.get(id)
    mustBe('L5', `the status of ${id}`, state.status, fact?.status)
    if (fact === undefined || state.status === 'absent' || state.status === 'tombstoned') continue
    mustBe('L1', `the lines of ${id}`, state.lines, fact.lines)
    mustBe(
      'L3',
      `the uses of ${id}`,
      state.uses.map(({ quantity }) => quantity),
      fact.uses.map(({ quantity }) => quantity),
    )
  }
}

/** The ledger's entries add up to the counters; events follow each other without a gap, and end where the counters are. */
export async function compareHistory(store: Reads): Promise<void> {
  const sums = new Map<string, Record<(typeof FIGURES)[number], number>>()
  for (const entry of await listed(store, 'ledger')) {
    const name = nameOf(entry.account)
    const sum = sums.get(name) ?? { available: 0, reserved: 0, sold: 0, backordered: 0, supplied: 0 }
    for (const figure of FIGURES) sum[figure] += entry[figure]
    sums.set(name, sum)
  }
  const changed = new Map<string, number>()
  const versions = new Map<string, number>()
  const batches = new Set<string>()
  for (const { id, event } of await listed(store, 'events')) {
    const subject = event.aggregate === 'reservation' ? event.id : nameOf(event.account)
    if (event.aggregate === 'reservation') {
      // The first that is kept may be any; from then on there is no gap. An id that was forgotten begins anew.
      const expected = event.version === 1 ? 1 : (versions.get(subject) ?? event.version - 1) + 1
      mustBe('L8', `the version of ${subject}`, event.version, expected)
      versions.set(subject, event.version)
    } else if (event.type === 'changed') {
      const batch = `${id.slice(0, id.lastIndexOf('/'))} ${subject}`
      mustBe('L1', `changes of ${batch} in one batch`, batches.has(batch), false)
      batches.add(batch)
      mustBe(
        'L1',
        `the version of ${subject}`,
        event.version,
        (changed.get(subject) ?? event.version - 1) + 1,
      )
      changed.set(subject, event.version)
    }
  }
  for (const account of await listed(store, 'accounts')) {
    const { available, reserved, sold, backordered, supplied } = account
    const figures = { available, reserved, sold, backordered, supplied }
    mustBe('L1', `the ledger of ${nameOf(account.key)}`, sums.get(nameOf(account.key)), figures)
  }
}
