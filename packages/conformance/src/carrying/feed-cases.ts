import type {
  CarriedPosition,
  FeedEntry,
  FeedLease,
  KeepsFeed,
  ReservationStore,
} from '@holdfast/core/adapter'
import { assertSame } from '../kit/comparison.js'
import type { VirtualClock } from '../kit/virtual-clock.js'
import { assertFenced, type MessageCase } from '../messages/suite.js'
import { readAll } from '../reference/visible-state.js'
import { confirm, release, reserve, SHIRT, supply } from '../scenario/commands.js'
import { REBUILDING } from './rebuilding-cases.js'

/** A fast store of one partition, or whose first one is looked at. */
export interface FeedUnderTest {
  readonly store: ReservationStore & KeepsFeed
  close(): Promise<void>
}

const LEASE = 5_000
/** More events than a case makes. */
const ALL = 1_000
const BATCHES = 10

/** A partition's history, read entry by entry by one at a time. */
export const FEED_CASES: readonly MessageCase<FeedUnderTest>[] = [
  feedCase('an entry is what one batch told, under the ids of its events', async (scene) => {
    const entries = await scene.sold()
    const told = await readAll((query) => scene.store.read(scene.partition, query), 'events')
    assertSame(
      entries.flatMap(({ events }) => events),
      told,
      'the events of all entries:',
    )
    for (const { epoch, sequence, events } of entries)
      for (const [index, { id }] of events.entries())
        assertSame(id, `${scene.partition}/${epoch}/${sequence}/${index}`, 'an event of an entry:')
  }),
  feedCase('entries are numbered without gaps, and the end is the last of them', async (scene) => {
    assertSame((await scene.ends())?.sequence, 0, 'the end before anything happened:')
    const entries = await scene.sold()
    assertSame(
      numbersOf(entries),
      Array.from({ length: BATCHES }, (_, index) => index + 1),
      'the entries:',
    )
    const { epoch, sequence, at } = entries.at(-1) as FeedEntry
    assertSame(await scene.ends(), { epoch, sequence, at }, 'the end:')
  }),
  feedCase('what was refused is no entry', async (scene) => {
    await scene.apply(reserve('refused'), confirm('nobody'))
    assertSame((await scene.ends())?.sequence, 0, 'the end:')
  }),
  feedCase('whoever comes next reads on from what was carried', async (scene) => {
    const entries = await scene.sold()
    for (const at of [0, 4, BATCHES - 1]) {
      const lease = await scene.lease()
      const read = await scene.readAll(lease, entries[at] as FeedEntry)
      await lease.release()
      assertSame(read, entries.slice(at + 1), `the entries behind number ${at + 1}:`)
    }
  }),
  feedCase('the entry that was carried last is kept, those before it may go', async (scene) => {
    const entries = await scene.sold()
    const [seventh, last] = [entries[6], entries[BATCHES - 1]] as [FeedEntry, FeedEntry]
    const lease = await scene.lease()
    await scene.readAll(lease, entries[1] as FeedEntry)
    await lease.acknowledge(seventh)
    await lease.acknowledge(seventh)
    await lease.release()
    const next = await scene.lease()
    assertSame(numbersOf(await scene.readAll(next, seventh)), [8, 9, 10], 'the entries behind it:')
    await next.acknowledge(last)
    await next.release()
    const third = await scene.lease()
    assertSame(await scene.readAll(third, last), [], 'the entries behind the last:')
    await scene.apply(release('order 8'))
    assertSame(numbersOf(await scene.readAll(third, last)), [11], 'the entry that came since:')
  }),
  ...gaps({
    'another entry at its place': (entry) => ({ ...entry, digest: 'of another' }),
    'an entry of another epoch': (entry) => ({ ...entry, epoch: entry.epoch + 1 }),
    'an entry that was never written': (entry) => ({ ...entry, sequence: 99 }),
  }),
  feedCase('one reads at a time, and whoever is over is fenced', async (scene) => {
    const entries = await scene.sold()
    const one = await scene.lease()
    assertSame(await scene.store.feed.lease(scene.partition, 'another', LEASE), null, 'a second lease:')
    scene.pass(LEASE - 1)
    await one.renew(LEASE)
    scene.pass(LEASE)
    const two = await scene.lease()
    await assertFenced(one.read(null, ALL), 'a read')
    await assertFenced(one.renew(LEASE), 'a renewal')
    await one.release()
    assertSame((await scene.readAll(two, null)).length, entries.length, 'entries read by the second:')
  }),
  ...REBUILDING.map(({ name, run }) => feedCase(name, run)),
]

function gaps(
  changes: Readonly<Record<string, (entry: FeedEntry) => CarriedPosition>>,
): readonly MessageCase<FeedUnderTest>[] {
  return Object.entries(changes).map(([what, change]) =>
    feedCase(`it is a gap where what was carried is ${what}`, async (scene) => {
      const entries = await scene.sold()
      const lease = await scene.lease()
      const code = await lease.read(change(entries[4] as FeedEntry), ALL).then(
        () => 'nothing',
        (error: unknown) => (error as { code?: unknown }).code,
      )
      assertSame(code, 'stream-gap', 'the read rejects with:')
    }),
  )
}

/** What cases of a feed work with. */
export interface Scene {
  readonly store: FeedUnderTest['store']
  readonly partition: string
  readonly clock: VirtualClock
  pass(ms: number): void
  apply(...commands: Parameters<ReservationStore['apply']>[2]): Promise<void>
  ends(): Promise<(unknown & { readonly sequence: number }) | null>
  lease(): Promise<FeedLease>
  /** To the end. */
  readAll(lease: FeedLease, after: CarriedPosition | null): Promise<readonly FeedEntry[]>
  /** Sells in so many batches, and reads them all. */
  sold(): Promise<readonly FeedEntry[]>
}

function feedCase(name: string, run: (scene: Scene) => Promise<void>): MessageCase<FeedUnderTest> {
  return {
    name,
    async run({ store }, clock) {
      const [partition = ''] = await store.partitions()
      const scene: Scene = {
        store,
        partition,
        clock,
        pass: (ms) => clock.pass(ms),
        async apply(...commands) {
          await store.apply(partition, null, commands)
        },
        async ends() {
          const [end = null] = await store.feed.ends([partition])
          return end
        },
        async lease() {
          const lease = await store.feed.lease(partition, 'the kit', LEASE)
          if (lease === null) throw new Error('another has the lease')
          return lease
        },
        async readAll(lease, after) {
          const entries: FeedEntry[] = []
          for (let last = after; ; last = entries.at(-1) ?? after) {
            const read = await lease.read(last, ALL)
            if (read.length === 0) return entries
            entries.push(...read)
          }
        },
        async sold() {
          for (let n = 0; n < BATCHES; n++) {
            await scene.apply(
              supply(2, SHIRT, `in ${n}`),
              reserve(`order ${n}`),
              ...(n % 3 === 0 ? [confirm(`order ${n}`)] : []),
            )
            clock.pass(1)
          }
          const lease = await scene.lease()
          const entries = await scene.readAll(lease, null)
          await lease.release()
          return entries
        },
      }
      await run(scene)
    },
  }
}

function numbersOf(entries: readonly FeedEntry[]): readonly number[] {
  return entries.map(({ sequence }) => sequence)
}
