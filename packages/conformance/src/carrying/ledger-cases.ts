import { MemoryStore } from '@holdfast/core'
import {
  type AccountNames,
  bucketIn,
  type CarriesFeeds,
  type FeedEntry,
  type FeedLease,
  type Listing,
  type Page,
  type ReservationStore,
  type StockAccountState,
} from '@holdfast/core/adapter'
import { assertSame } from '../kit/comparison.js'
import type { VirtualClock } from '../kit/virtual-clock.js'
import type { MessageCase } from '../messages/suite.js'
import { readAll, readVisibleState } from '../reference/visible-state.js'
import { confirm, giveBack, reserve, supply, units, use } from '../scenario/commands.js'
import { assertGoesOnAlike, copiedInto } from './rebuilt.js'
import { SALE, STANDING, type Steps } from './sale.js'

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
  refusesOld('of which it had some', async (scene) => {
    await scene.ledger.carry(scene.partition, (await scene.entries()).slice(0, 4))
    return 4
  }),
  refusesOld('of which it had nothing', async () => 0),
  ledgerCase('of those who begin an epoch at once, one does', async (scene) => {
    await scene.sell()
    await scene.carry(1_000)
    const epochs = [5, 6, 6, 7, 8]
    const raised = await Promise.all(
      epochs.map((epoch) => scene.ledger.raiseEpoch(scene.partition, 1, epoch)),
    )
    const won = raised.flatMap((position) => position ?? [])
    assertSame(won.length, 1, 'how many did:')
    assertSame(await scene.ledger.carried([scene.partition]), won, 'how far it is:')
    assertSame(await scene.ledger.raiseEpoch(scene.partition, 1, 9), null, 'raising it from an older one:')
    assertSame(await scene.ledger.raiseEpoch(scene.partition, null, 9), null, 'raising it from none:')
  }),
  ledgerCase('a new epoch is carried from its first entry', async (scene) => {
    await scene.sell()
    await scene.carry(1_000)
    await scene.ledger.raiseEpoch(scene.partition, 1, 3)
    const [first] = await scene.entries()
    const entry = { ...(first as FeedEntry), epoch: 3, events: [] }
    assertSame(await scene.refusal([{ ...entry, sequence: 2 }]), 'stream-gap', 'its second rejects with:')
    const { epoch, sequence, at, digest } = entry
    const carried = { epoch, sequence, at, digest }
    assertSame(await scene.ledger.carry(scene.partition, [entry]), carried, 'its first:')
  }),
  ledgerCase('what the store had forgotten, and does again, is counted with what was', async (scene) => {
    const placed = reserve('again', { units: [units(2)], uses: [use('limit/again', 9)] })
    const returned = giveBack('again', 'back', { giveBackUses: false })
    await scene.sell([[supply(9)], [placed], [confirm('again')], [returned]])
    await scene.carry(1_000)
    const [supplied, granted, , back] = await scene.entries()
    const { at } = back as FeedEntry
    const told = [supplied, granted].map((entry, index) => ({
      ...(entry as FeedEntry),
      ...{ sequence: 5 + index, at, digest: `again ${index}` },
    }))
    await scene.ledger.carry(scene.partition, told)
    const [account] = await scene.listed('accounts')
    const { available, reserved, sold, supplied: all, archived } = account as StockAccountState
    const counted = { available: 15, reserved: 2, sold: 1, all: 18, archived: 1 }
    assertSame({ available, reserved, sold, all, archived }, counted, 'the account:')
    const counters = await scene.listed('counters')
    assertSame(counters, [{ name: 'limit/again', used: 4, archived: 2 }], 'counters:')
  }),
  ledgerCase('an order that the store had forgotten stays what it was, whoever cancels it', async (scene) => {
    await scene.sell([[supply(9)], [reserve('sold')], [confirm('sold')]])
    await scene.carry(1_000)
    const before = await scene.listed('reservations')
    const [, , last] = await scene.entries()
    const { at, epoch } = last as FeedEntry
    const event = { aggregate: 'reservation', id: 'sold', version: 1, at, type: 'tombstoned' } as const
    const cancelled = { ...event, home: 'home', cause: 'seller', reason: null } as const
    const events = [{ id: `main/${epoch}/4/0`, event: cancelled }]
    await scene.ledger.carry(scene.partition, [
      { ...(last as FeedEntry), sequence: 4, digest: 'again', events },
    ])
    assertSame(await scene.listed('reservations'), before, 'orders:')
  }),
  ledgerCase('a store that is made of what it tells goes on as the one before', async (scene) => {
    await scene.sell()
    await scene.sell(STANDING)
    await scene.carry(1_000)
    const rebuilt = new MemoryStore({ clock: scene.clock })
    await copiedInto(rebuilt, scene.ledger)
    await assertGoesOnAlike(rebuilt, scene.store, scene.clock)
  }),
]

/** As of a SKU whose units lie in several partitions; with names as long as can be. */
const inBucket: AccountNames = (account) => bucketIn('p'.repeat(100), account)

function refusesOld(when: string, until: (scene: Scene) => Promise<number>): MessageCase<LedgerUnderTest> {
  return ledgerCase(`it carries nothing of an epoch that it was told is over, ${when}`, async (scene) => {
    await scene.sell()
    const entries = await scene.entries()
    const carried = await until(scene)
    const from = carried === 0 ? null : (entries[0] as FeedEntry).epoch
    const raised = await scene.ledger.raiseEpoch(scene.partition, from, 7)
    const at = entries[carried - 1]?.at ?? 0
    assertSame(raised, { epoch: 7, sequence: 0, at, digest: '' }, 'raising the epoch answers:')
    const before = await scene.seen()
    assertSame(await scene.refusal(entries), 'fenced', 'carrying what is left rejects with:')
    assertSame(await scene.seen(), before, 'what the ledger is:')
    assertSame(await scene.ledger.carried([scene.partition]), [raised], 'how far it is:')
  })
}

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
    assertSame(await scene.refusal(of(entries)), code, 'carrying rejects with:')
    assertSame(await scene.seen(), before, 'what the ledger is:')
  })
}

class Scene {
  readonly partition = 'main'
  private readonly lease: Promise<FeedLease | null>

  constructor(
    readonly ledger: LedgerUnderTest['ledger'],
    readonly store: MemoryStore,
    readonly clock: VirtualClock,
  ) {
    this.lease = store.feed.lease(this.partition, 'the kit', Number.MAX_SAFE_INTEGER / 2)
  }

  async sell(steps: Steps = SALE): Promise<void> {
    for (const step of steps) {
      if (typeof step === 'number') this.clock.pass(step)
      else await this.store.apply(this.partition, null, step)
    }
  }

  async entries(): Promise<readonly FeedEntry[]> {
    return (await this.lease)?.read(null, Number.MAX_SAFE_INTEGER) ?? []
  }

  async refusal(entries: readonly FeedEntry[]): Promise<unknown> {
    return this.ledger.carry(this.partition, entries).then(
      () => 'nothing',
      (error: unknown) => (error as { code?: unknown }).code,
    )
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

  async listed<Of extends Listing>(of: Of): Promise<Page[Of]> {
    const [partition = ''] = await this.ledger.partitions()
    return readAll((query) => this.ledger.read(partition, query), of)
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
