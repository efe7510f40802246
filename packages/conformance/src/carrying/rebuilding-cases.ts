import { MemoryStore } from '@holdfast/core'
import type { KeepsFeed, ReservationStore } from '@holdfast/core/adapter'
import { assertSame } from '../kit/comparison.js'
import { assertFenced } from '../messages/suite.js'
import { readVisibleState } from '../reference/visible-state.js'
import { DAY, judge, reserve, SHIRT, supply, units, use } from '../scenario/commands.js'
import type { Scene } from './feed-cases.js'
import { assertGoesOnAlike, copiedInto, EPOCH } from './rebuilt.js'
import { SALE, STANDING, type Steps } from './sale.js'

/** Told by no event, and kept all the same. */
const TAGGED: Steps = [
  [
    judge('strikes/tagged', { effect: 'refuse', until: null }),
    judge('strikes/b', { effect: 'defer-stock', until: Number.MAX_SAFE_INTEGER - DAY }),
  ],
]

/** More alike orders than a store puts at once, and numbers near the largest. */
const MANY: Steps = [
  [supply(Number.MAX_SAFE_INTEGER - 100)],
  Array.from({ length: 300 }, (_, n) =>
    reserve(`many ${n}`, { buyer: `buyer ${n}`, uses: [use(`limit/many ${n}`, 4)] }),
  ),
  [reserve('large', { units: [units(1_000_000_000)], uses: [use('limit/large', Number.MAX_SAFE_INTEGER)] })],
]

/** A store's partition is given its contents anew. */
export const REBUILDING: readonly { readonly name: string; run(scene: Scene): Promise<void> }[] = [
  {
    name: 'it is made what another is, and goes on as that one',
    async run({ store, clock }) {
      const source = await soldInMemory(clock, [...SALE, ...STANDING, ...TAGGED])
      await copiedInto(store, source)
      await assertGoesOnAlike(store, source, clock)
    },
  },
  {
    name: 'it is made what another is that has many alike orders, and large numbers',
    async run({ store, clock }) {
      const source = await soldInMemory(clock, MANY)
      await copiedInto(store, source)
      assertSame(await seen(store, clock), await seen(source, clock), 'what was rebuilt:')
    },
  },
  {
    name: 'nothing is left of what it was, and its history begins anew',
    async run({ store, partition, sold, ends, apply, lease, readAll, clock }) {
      await sold()
      const source = await soldInMemory(clock, SALE)
      await copiedInto(store, source)
      assertSame(await seen(store, clock), await seen(source, clock), 'what was rebuilt:')
      assertSame((await ends())?.sequence, 0, 'how far its history is:')
      await apply(supply(1, SHIRT, 'the first since'))
      const [last = null] = await store.feed.ends([partition])
      assertSame([last?.epoch, last?.sequence], [EPOCH, 1], 'where the first change since stands:')
      const entries = await readAll(await lease(), { epoch: EPOCH, sequence: 0, at: 0, digest: '' })
      assertSame(
        entries.map(({ epoch, sequence, events }) => [epoch, sequence, events[0]?.id]),
        [[EPOCH, 1, `${partition}/${EPOCH}/1/0`]],
        'the entries of it:',
      )
    },
  },
  {
    name: 'it is fenced from the beginning of a rebuild to its end, for all',
    async run({ store, partition, clock, ends }) {
      const known = (await store.feed.ends([partition]))[0]?.epoch ?? null
      const isFenced = async () => {
        for (const epoch of [null, known, EPOCH])
          assertSame(
            await store.apply(partition, epoch, [supply(1)]),
            { kind: 'fenced', epoch: null },
            'a change meanwhile:',
          )
        assertSame(await ends(), null, 'the end meanwhile:')
      }
      await store.rebuilding.begin(partition, EPOCH)
      await isFenced()
      const source = await soldInMemory(clock, SALE)
      await source.contents((part) => store.rebuilding.load(partition, EPOCH, part))
      await isFenced()
      await store.rebuilding.open(partition, EPOCH, 0)
      const stale = await store.apply(partition, known, [supply(1)])
      assertSame(stale, { kind: 'fenced', epoch: EPOCH }, 'a change of the epoch before:')
      assertSame(
        (await store.apply(partition, EPOCH, [supply(1)])).kind,
        'applied',
        'a change of the new one:',
      )
    },
  },
  {
    name: 'whoever began under an earlier epoch is fenced, and what he puts is nowhere',
    async run({ store, partition, clock }) {
      const { rebuilding } = store
      const source = await soldInMemory(clock, SALE)
      const load = (epoch: number) => source.contents((part) => rebuilding.load(partition, epoch, part))
      await assertFenced(load(EPOCH), 'a part before the beginning')
      await assertFenced(rebuilding.open(partition, EPOCH, 0), 'an opening before the beginning')
      await rebuilding.begin(partition, EPOCH)
      await load(EPOCH)
      await rebuilding.begin(partition, EPOCH + 2)
      await assertFenced(load(EPOCH), 'a part of an earlier one')
      await assertFenced(rebuilding.open(partition, EPOCH, 0), 'an opening of an earlier one')
      await assertFenced(rebuilding.begin(partition, EPOCH + 1), 'a beginning under an earlier one')
      // As one whose answer was lost is asked for again.
      for (let n = 0; n < 2; n++) await rebuilding.open(partition, EPOCH + 2, 0)
      for (const epoch of [EPOCH, EPOCH + 1, EPOCH + 2]) {
        await assertFenced(load(epoch), 'a part after the opening')
        await assertFenced(rebuilding.begin(partition, epoch), 'a beginning after the opening')
      }
      const empty = new MemoryStore({ clock })
      assertSame(await seen(store, clock), await seen(empty, clock), 'what was opened:')
    },
  },
]

async function soldInMemory(clock: Scene['clock'], steps: Steps): Promise<MemoryStore> {
  const source = new MemoryStore({ clock })
  for (const step of steps) {
    if (typeof step === 'number') clock.pass(step)
    else await source.apply('main', null, step)
  }
  return source
}

async function seen(store: ReservationStore & KeepsFeed, clock: Scene['clock']) {
  const [partition = ''] = await store.partitions()
  return readVisibleState((query) => store.read(partition, query), clock.now())
}
