import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Duration } from '@holdfast/core'
import { RETENTION, SoakShop } from './shop.js'
import { SoakClock } from './soak-clock.js'
import { type Engine, openStore, type Place } from './stores.js'

/** Before the first look: everything that is made once was made, and compiled. */
const WARM_UP_ROUNDS = 40
/** How far from where it began anything may end. */
const TOLERANCE = 0.1

export interface Soaked {
  readonly engine: Engine
  readonly rounds: number
  readonly told: SoakShop['told']
  readonly before: ReadonlyMap<string, number>
  readonly after: ReadonlyMap<string, number>
  /** What does not hold: figures that grew, laws that were broken. */
  readonly faults: readonly string[]
}

/** Sells for so long, and compares what is there when all has ended and was forgotten with what was there at first. */
export async function soak(place: Place, forMs: number, retention: Duration = RETENTION): Promise<Soaked> {
  const clock = new SoakClock()
  const soaked = await openStore(place, clock, retention)
  const shop = new SoakShop(soaked, clock)
  const look = async () => {
    await shop.settleDown()
    return new Map([...(await soaked.counts()), ['heap in bytes', heap()]])
  }
  try {
    await shop.open()
    for (let round = 0; round < WARM_UP_ROUNDS; round++) await shop.round()
    const before = await look()
    const { placed } = shop.told
    const end = performance.now() + forMs
    let rounds = 0
    for (; performance.now() < end; rounds++) await shop.round()
    const after = await look()
    const broken = (await shop.faults()).map((fault) => JSON.stringify(fault) ?? String(fault))
    return {
      engine: place.engine,
      rounds,
      told: shop.told,
      before,
      after,
      faults: [...broken, ...grown(before, after, soaked.keeps ?? [], shop.told.placed - placed)],
    }
  } finally {
    await shop.close()
    await soaked.drop()
  }
}

type Figures = ReadonlyMap<string, number>

/** What is not where it began, but for what keeps each order: that is to have grown by these alone. */
function grown(before: Figures, after: Figures, keeps: readonly string[], orders: number): readonly string[] {
  return [...after].flatMap(([what, now]) => {
    const then = before.get(what) ?? 0
    const isDue = keeps.includes(what) ? now - then === orders : Math.abs(now - then) <= then * TOLERANCE
    return isDue ? [] : [`${what}: ${then} before, ${now} after ${orders} more orders`]
  })
}

/** What is in use once all that is not was collected. */
function heap(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  collect()
  return process.memoryUsage().heapUsed
}
