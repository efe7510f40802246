import { MemoryStore } from '@holdfast/core'
import {
  type AccountNames,
  bucketIn,
  type CarriesFeeds,
  type Command,
  type FeedEntry,
  type FeedLease,
  type ReservationStore,
} from '@holdfast/core/adapter'
import { assertSame } from '../kit/comparison.js'
import type { MessageCase } from '../messages/suite.js'
import { readAll, readVisibleState } from '../reference/visible-state.js'
import {
  configure,
  confirm,
  extend,
  fill,
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
  transfer,
  units,
  use,
} from '../scenario/commands.js'

/** A store that is to follow another. */
export interface LedgerUnderTest {
  readonly ledger: ReservationStore & CarriesFeeds
  close(): Promise<void>
}

/** What a store decided becomes what the ledger is. */
export const LEDGER_CASES: readonly MessageCase<LedgerUnderTest>[] = [
  ...[1, 3, 1_000].map((most) =>
    ledgerCase(`it becomes what the store is, ${most} entries at a time`, async (scene) => {
      await scene.sell()
      await scene.carry(most)
      await scene.assertFollows()
    }),
  ),
  ledgerCase('accounts are kept under the names that it is given, and called by their own', async (scene) => {
    await scene.sell()
    await scene.carry(3, inBucket)
    await scene.assertFollows(inBucket)
  }),
  ledgerCase('entries that were carried are passed over', async (scene) => {
    await scene.sell()
    const entries = await scene.entries()
    await scene.ledger.carry(scene.partition, entries.slice(0, 5))
    await scene.ledger.carry(scene.partition, entries.slice(2, 7))
    await scene.ledger.carry(scene.partition, entries.slice(0, 3))
    await scene.ledger.carry(scene.partition, entries)
    await scene.ledger.carry(scene.partition, entries)
    await scene.assertFollows()
  }),
  ledgerCase('those who carry at once do it once', async (scene) => {
    await scene.sell()
    const entries = await scene.entries()
    const all = Array.from({ length: 4 }, () => scene.ledger.carry(scene.partition, entries))
    await Promise.all(all)
    await scene.assertFollows()
  }),
  ledgerCase('it says how far it is', async (scene) => {
    assertSame(await scene.ledger.carried([scene.partition]), [null], 'before anything was carried:')
    await scene.sell()
    const entries = await scene.entries()
    const { epoch, sequence, at, digest } = entries[3] as FeedEntry
    const carried = await scene.ledger.carry(scene.partition, entries.slice(0, 4))
    assertSame(carried, { epoch, sequence, at, digest }, 'what carrying answers:')
    assertSame(await scene.ledger.carried([scene.partition, 'none']), [carried, null], 'when it is asked:')
  }),
  refuses('entries that do not follow', 'stream-gap', (entries) => entries.slice(5)),
  refuses('entries of an epoch that it was not told to begin', 'stream-gap', ([first]) => [
    { ...(first as FeedEntry), epoch: (first as FeedEntry).epoch + 1 },
  ]),
  refuses('entries of an epoch that is over', 'fenced', ([first]) => [
    { ...(first as FeedEntry), epoch: (first as FeedEntry).epoch - 1 },
  ]),
]

/** As of a SKU whose units lie in several partitions; with names as long as can be. */
const inBucket: AccountNames = (account) => bucketIn('p'.repeat(100), account)

function refuses(
  what: string,
  code: string,
  of: (entries: readonly FeedEntry[]) => readonly FeedEntry[],
): MessageCase<LedgerUnderTest> {
  return ledgerCase(`it refuses ${what}, and changes nothing`, async (scene) => {
    await scene.sell()
    const entries = await scene.entries()
    await scene.ledger.carry(scene.partition, entries.slice(0, 3))
    const before = await scene.seen()
    const refused = await scene.ledger.carry(scene.partition, of(entries)).then(
      () => 'nothing',
      (error: unknown) => (error as { code?: unknown }).code,
    )
    assertSame(refused, code, 'carrying rejects with:')
    assertSame(await scene.seen(), before, 'what the ledger is:')
  })
}

/** Nearly everything that a store tells of. */
const SALE: readonly (readonly Command[] | number)[] = [
  [supply(5), supply(0, SHIRT_EU), configure(1, { backorderLimit: 10 })],
  ['a', 'b', 'c', 'd'].map((id) =>
    reserve(id, {
      uses: [use(`limit/${id}`, 4)],
      guards: [guard(`guard/${id}`)],
      risk: gate(`strikes/${id}`),
    }),
  ),
  [
    confirm('a'),
    release('b'),
    extend('c', HOLD_MS * 2),
    reserve('two', { units: [units(3)], backorder: true }),
  ],
  [shrink('two', units(2))],
  HOLD_MS,
  [sweep()],
  [confirm('d', 'late'), giveBack('a', 'parcel'), release('nobody')],
  [supply(4), fill()],
  [transfer(1, SHIRT, SHIRT_EU)],
]

class Scene {
  readonly partition = 'main'
  private readonly lease: Promise<FeedLease | null>

  constructor(
    readonly ledger: LedgerUnderTest['ledger'],
    private readonly store: MemoryStore,
    private readonly clock: { now(): number; pass(ms: number): void },
  ) {
    this.lease = store.feed.lease(this.partition, 'the kit', Number.MAX_SAFE_INTEGER / 2)
  }

  async sell(): Promise<void> {
    for (const step of SALE) {
      if (typeof step === 'number') this.clock.pass(step)
      else await this.store.apply(this.partition, null, step)
    }
  }

  async entries(): Promise<readonly FeedEntry[]> {
    return (await this.lease)?.read(null, Number.MAX_SAFE_INTEGER) ?? []
  }

  async carry(most: number, names?: AccountNames): Promise<void> {
    const entries = await this.entries()
    for (let from = 0; from < entries.length; from += most)
      await this.ledger.carry(this.partition, entries.slice(from, from + most), names)
  }

  /** State, events and the sums of the ledger. */
  async seen() {
    return this.seenOf(this.ledger)
  }

  async assertFollows(names?: AccountNames): Promise<void> {
    assertSame(await this.seen(), await this.seenOf(this.store, names), 'the ledger differs from the store:')
  }

  /** `names`: of its accounts, where they are to be seen under others. */
  private async seenOf(store: ReservationStore, names: AccountNames = (account) => account) {
    const [partition = ''] = await store.partitions()
    const read = async (query: Parameters<ReservationStore['read']>[1]) => {
      const page = await store.read(partition, query)
      return { ...page, accounts: page.accounts.map((account) => ({ ...account, key: names(account.key) })) }
    }
    const moved = (await readAll(read, 'ledger')).map((entry) =>
      JSON.stringify({ ...entry, account: names(entry.account), available: entry.available + 0 }),
    )
    return {
      state: await readVisibleState(read, this.clock.now()),
      events: await readAll(read, 'events'),
      // By account, supply comes behind what orders moved in one batch.
      moved: moved.sort(),
    }
  }
}

function ledgerCase(name: string, run: (scene: Scene) => Promise<void>): MessageCase<LedgerUnderTest> {
  return {
    name,
    run: ({ ledger }, clock) => run(new Scene(ledger, new MemoryStore({ clock }), clock)),
  }
}
