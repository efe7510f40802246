import type { Contents, KeepsFeed, ReservationStore, TellsContents } from '@holdfast/core/adapter'
import { assertSame } from '../kit/comparison.js'
import type { VirtualClock } from '../kit/virtual-clock.js'
import { readAll, readVisibleState } from '../reference/visible-state.js'
import { GOING_ON } from './sale.js'

/** An epoch that no store begins with. */
export const EPOCH = 2 ** 42
/** So few entries that what belongs together is put in several parts. */
const MOST = 2

/** Makes a store's first partition of what another tells, each part twice. */
export async function copiedInto(
  store: ReservationStore & KeepsFeed,
  from: TellsContents,
  epoch = EPOCH,
): Promise<void> {
  const { rebuilding } = store
  const [partition = ''] = await store.partitions()
  await rebuilding.begin(partition, epoch)
  await from.contents(async (part) => {
    for (const some of partsOf(part)) {
      await rebuilding.load(partition, epoch, some)
      await rebuilding.load(partition, epoch, some)
    }
  })
  await rebuilding.open(partition, epoch, 0)
}

function partsOf(part: Contents): readonly Contents[] {
  const most = Math.max(...Object.values(part).map((list: readonly unknown[]) => list.length))
  return Array.from({ length: Math.ceil(most / MOST) }, (_, at) => {
    const cut = Object.entries(part).map(([of, list]) => [of, list.slice(at * MOST, (at + 1) * MOST)])
    return Object.fromEntries(cut) as Contents
  })
}

/** Both are the same, answer the same from now on, and end the same. */
export async function assertGoesOnAlike(
  rebuilt: ReservationStore,
  before: ReservationStore,
  clock: VirtualClock,
): Promise<void> {
  const seen = async (store: ReservationStore) => {
    const [partition = ''] = await store.partitions()
    return readVisibleState((query) => store.read(partition, query), clock.now())
  }
  assertSame(await seen(rebuilt), await seen(before), 'what was rebuilt:')
  for (const [index, step] of GOING_ON.entries()) {
    if (typeof step === 'number') {
      clock.pass(step)
      continue
    }
    const [one, other] = [await outcomesOf(rebuilt, step), await outcomesOf(before, step)]
    assertSame(one, other, `what it answers to step ${index} afterwards:`)
  }
  assertSame(await seen(rebuilt), await seen(before), 'what became of it:')
  await assertSumsUp(rebuilt)
}

/** Each account is the sum of what is on record of it. */
async function assertSumsUp(store: ReservationStore): Promise<void> {
  const [partition = ''] = await store.partitions()
  const read = (query: Parameters<ReservationStore['read']>[1]) => store.read(partition, query)
  const entries = await readAll(read, 'ledger')
  for (const { key, available, reserved, sold, backordered, supplied } of await readAll(read, 'accounts')) {
    const own = entries.filter(({ account }) => account.sku === key.sku && account.pool === key.pool)
    const sum = (figure: 'available' | 'reserved' | 'sold' | 'backordered' | 'supplied') =>
      own.reduce((total, entry) => total + entry[figure], 0)
    assertSame(
      [sum('available'), sum('reserved'), sum('sold'), sum('backordered'), sum('supplied')],
      [available, reserved, sold, backordered, supplied],
      `the ledger of ${key.sku}, ${key.pool}:`,
    )
  }
}

async function outcomesOf(store: ReservationStore, step: Exclude<(typeof GOING_ON)[number], number>) {
  const [partition = ''] = await store.partitions()
  const applied = await store.apply(partition, null, step)
  if (applied.kind !== 'applied') return applied
  return applied.outcomes.map((outcome) => {
    if (outcome.kind !== 'swept') return outcome
    // Told by stores of many partitions alone.
    const { unsettled: _, ...swept } = outcome
    return swept
  })
}
