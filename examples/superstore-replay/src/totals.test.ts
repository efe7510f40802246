import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serverForTests } from '../../../tools/services/test-services.js'
import { readHistory } from './history/read-history.js'
import { type Plan, planOf } from './plan/plan.js'
import { replay } from './replay/replay.js'
import { Shop } from './replay/shop.js'
import { VirtualClock } from './replay/virtual-clock.js'
import { readBooks } from './report/books.js'
import { type Summary, summaryOf } from './report/summary.js'
import { loadEngine } from './store/engine.js'
import { openStore, type StoreName, type StoreRequest } from './store/open-store.js'

interface Options {
  readonly stockRatio?: number
  readonly limit?: number
  readonly restock?: boolean
}

/** Thousands of commits: on a busy machine with a slow disk they take their time. */
const SLOW = { timeout: 240_000 }

let plan: Plan
const warnings: string[] = []

beforeAll(async () => {
  plan = planOf(await readHistory())
})

afterAll(() => {
  expect(warnings).toEqual([])
})

async function replayed(
  store: StoreName,
  { stockRatio = 0.9, limit = 8, restock = false }: Options,
  server: Partial<Pick<StoreRequest, 'url' | 'ledger'>> = {},
): Promise<Summary> {
  const clock = new VirtualClock(plan.opensAt)
  const opened = await openStore({ store, ...server, file: null, clock, warn: (line) => warnings.push(line) })
  try {
    const shop = new Shop(opened, clock, { regions: plan.regions, limit })
    const result = await replay(shop, plan, { stockRatio, restock })
    return summaryOf(opened.name, plan.orders.length, result, await readBooks(shop.desk))
  } finally {
    await opened.close()
  }
}

/** Figures of an independent calculation, made from the rules of the README without Holdfast. */
const totals: readonly (readonly [Options, readonly number[]])[] = [
  // options, paid, cancelled, expired, insufficient stock, purchase limit, unpaid order, supplied, available, sold
  [{}, [3_212, 526, 422, 375, 414, 60, 36_353, 15_938, 20_415]],
  [{ stockRatio: 0 }, [0, 0, 0, 4_595, 414, 0, 0, 0, 0]],
  [{ stockRatio: 0.5 }, [1_501, 252, 208, 2_605, 413, 30, 20_349, 14_000, 6_349]],
  [{ stockRatio: 1 }, [3_485, 583, 462, 0, 414, 65, 37_873, 14_628, 23_245]],
  [{ stockRatio: 1.5 }, [3_485, 583, 462, 0, 414, 65, 58_222, 34_977, 23_245]],
  [{ limit: 1 }, [201, 22, 22, 0, 4_759, 5, 36_353, 36_143, 210]],
  [{ limit: 3 }, [1_521, 258, 210, 0, 2_995, 25, 36_353, 31_567, 4_786]],
  [{ limit: 8 }, [3_212, 526, 422, 375, 414, 60, 36_353, 15_938, 20_415]],
  [{ limit: 1000 }, [3_331, 534, 441, 640, 0, 63, 36_353, 13_315, 23_038]],
  [{ restock: true }, [3_212, 526, 422, 375, 414, 60, 36_494, 16_079, 20_415]],
  [{ stockRatio: 0.5, restock: true }, [1_529, 254, 210, 2_573, 413, 30, 24_382, 17_870, 6_512]],
  [{ limit: 3, restock: true }, [1_521, 258, 210, 0, 2_995, 25, 36_353, 31_567, 4_786]],
  [{ stockRatio: 0.5, limit: 3, restock: true }, [1_039, 181, 135, 639, 2_996, 19, 20_849, 18_031, 2_818]],
  [{ stockRatio: 0, restock: true }, [482, 76, 60, 3_968, 415, 8, 16_864, 15_346, 1_518]],
  [{ stockRatio: 0.5, limit: 3 }, [1_035, 180, 135, 644, 2_996, 19, 20_349, 17_547, 2_802]],
  [{ stockRatio: 1.5, limit: 1000 }, [3_812, 629, 494, 0, 0, 74, 58_222, 29_274, 28_948]],
]

describe('an independent calculation comes to the same totals, in memory', () => {
  test.each(totals)('%j', async (options, figures) => {
    expect(figuresOf('memory', await replayed('memory', options))).toEqual(figures)
  })
})

/** Some rows alone: a replay on a file takes seconds. main.test.ts runs the first one. */
const onFile = totals.filter(([{ stockRatio = 1, limit, restock }]) => stockRatio < 1 && restock && !limit)

describe('and on SQLite', SLOW, async () => {
  // Without the native package the demo itself goes on in memory, which main.test.ts looks at.
  const loaded = await loadEngine()
  test.runIf(loaded.ok).each(onFile)('%j', async (options, figures) => {
    expect(figuresOf('sqlite', await replayed('sqlite', options))).toEqual(figures)
  })
})

describe.each([
  ['postgres', 'postgres'],
  ['mysql', 'mariadb'],
] as const)('and on a server, %s', SLOW, async (store, service) => {
  const url = await serverForTests(service)
  test.skipIf(url === null).each(onFile.slice(0, 1))('%j', async (options, figures) => {
    expect(figuresOf(store, await replayed(store, options, { url: url ?? '' }))).toEqual(figures)
  })
})

describe('and on Redis, with PostgreSQL behind it', SLOW, async () => {
  const [redis, postgres] = [await serverForTests('redis'), await serverForTests('postgres')]
  test.skipIf(redis === null || postgres === null).each(onFile.slice(0, 1))(
    '%j',
    async (options, figures) => {
      const ledger = { store: 'postgres', url: postgres ?? '' } as const
      const summary = await replayed('redis', options, { url: redis ?? '', ledger })
      expect(figuresOf('redis', summary)).toEqual(figures)
    },
  )
})

function figuresOf(name: StoreName, { store, orders, units, accounts, audit }: Summary): number[] {
  expect({ store, total: orders.total, reserved: units.reserved, accounts, audit }).toEqual({
    store: name,
    total: 5_009,
    reserved: 0,
    accounts: 5_298,
    audit: { ok: true, accountsChecked: 5_298 },
  })
  const { insufficientStock, purchaseLimit, unpaidOrder } = orders.rejected
  const { paid, cancelled, expired } = orders
  const { supplied, available, sold } = units
  return [paid, cancelled, expired, insufficientStock, purchaseLimit, unpaidOrder, supplied, available, sold]
}
