import { DeskWorker } from '@holdfast/core'
import { describe, expect, it } from 'vitest'
import { serverForTests } from '../../../services/test-services.js'
import { engines, newPlace } from '../chain/scene.test-support.js'
import type { Child } from '../child.js'
import { buyersOf, HOLD_MS, type OpenRush, orderOf, type RushPlace, SKU } from './place.js'
import { leastEver, newPrefix, openedAt, startSeller, toldBy, unitsOf } from './rush.test-support.js'

// Five processes, a thousand buyers in each at once, 500 units; one process is killed while it sells.

const UNITS = 500
const BUYERS = 1_000
const SURVIVORS = ['one', 'two', 'three', 'four']

const [redis, cluster] = [await serverForTests('redis'), await serverForTests('redis-cluster')]

const places: readonly (readonly [string, (() => Promise<RushPlace>) | null])[] = [
  ['one server', redis === null ? null : async () => ({ redisUrl: redis, prefix: newPrefix() })],
  [
    'twelve buckets over a cluster',
    cluster === null ? null : async () => ({ redisUrl: cluster, prefix: newPrefix(), buckets: 12 }),
  ],
  ...engines.map(
    (engine) => [`one server before ${engine}`, redis === null ? null : () => newPlace(engine)] as const,
  ),
]

describe.each(places)('%s', (_, placeOf) => {
  it.skipIf(placeOf === null)(
    'what a killed process held is sold to others, 500 units in all and never more',
    async () => {
      if (placeOf === null) return
      const place = await placeOf()
      const now = openedAt(place)
      await now.ledger?.migrate()
      await now.store.create()
      await now.desk.restock({ id: 'delivery', sku: SKU, quantity: UNITS })

      const { held, paid } = await sellWithOneKilled(place, now)

      // Whoever asks again before the holds are over is told what is held for him, and nobody takes anything.
      const dead = buyersOf('dead', BUYERS)
      const again = await asked(now, dead)
      expect(count(again, 'replayed awaiting-payment')).toBe(held)
      expect(count(again, 'insufficient-stock')).toBe(BUYERS - held)
      expect(await unitsOf(now)).toMatchObject({ available: 0, reserved: held, sold: paid })

      // Another process's sweeper, when they are over.
      const later = openedAt(place, HOLD_MS + 1_000)
      expect(await new DeskWorker(later.desk).runOnce()).toMatchObject({ expired: held })
      expect(await unitsOf(later)).toEqual({ available: held, reserved: 0, sold: paid, inFlight: 0 })

      // Everyone again, twice at once: each of those who had nothing is granted once, as many as there are units.
      const [first, second] = [openedAt(place, HOLD_MS + 1_000), openedAt(place, HOLD_MS + 1_000)]
      const told = await Promise.all([asked(first, dead), asked(second, dead)])
      const granted = told.flatMap((answers) => [...answers].filter(([, said]) => said === 'granted'))
      expect(granted.length).toBe(held)
      expect(new Set(granted.map(([buyer]) => buyer)).size).toBe(held)
      for (const answers of told) expect(count(answers, 'order-ended expired')).toBe(held)
      for (const [buyer] of granted)
        expect(await first.desk.recordPayment({ orderId: buyer, paymentId: buyer })).toMatchObject({
          ok: true,
        })
      expect(await unitsOf(later)).toEqual({ available: 0, reserved: 0, sold: UNITS, inFlight: 0 })
      await checkLaws(later, place)
    },
    240_000,
  )
})

/** Returns what the killed process held, and what was paid in the others. */
async function sellWithOneKilled(place: RushPlace, now: OpenRush) {
  const start = (name: string) => startSeller(place, { name, buyers: BUYERS, dies: name === 'dead' })
  const [dead, ...others] = (await Promise.all(['dead', ...SURVIVORS].map(start))) as [Child, ...Child[]]
  dead.signal('SIGUSR2')
  // Ahead of them by so much that it has something when all is sold.
  await expect.poll(async () => (await unitsOf(now)).reserved).toBeGreaterThan(0)
  for (const other of others) other.signal('SIGUSR2')
  expect(await dead.end()).toBe('SIGKILL')
  const told = await Promise.all(others.map(toldBy))
  expect(told.flatMap(({ failures }) => failures)).toEqual([])
  const paid = told.reduce((sum, seller) => sum + seller.paid, 0)
  const refused = told.flatMap((seller) => Object.entries(seller.refused))
  expect(new Set(refused.map(([reason]) => reason))).toEqual(new Set(['insufficient-stock']))
  expect(refused.reduce((sum, [, buyers]) => sum + buyers, paid)).toBe(others.length * BUYERS)
  const { reserved: held, ...units } = await unitsOf(now)
  expect(units).toEqual({ available: 0, sold: paid, inFlight: 0 })
  expect(held + paid).toBe(UNITS)
  // It was killed in the middle of the sale.
  for (const part of [held, paid]) expect(part).toBeGreaterThan(0)
  return { held, paid }
}

/** Each of these asks for his order; what he is told, by buyer. */
async function asked({ desk }: OpenRush, buyers: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const told = await Promise.all(
    buyers.map(async (buyer) => {
      const placed = await desk.place(orderOf(buyer))
      if (!placed.ok) return placed.reason === 'order-ended' ? `order-ended ${placed.status}` : placed.reason
      return placed.replayed ? `replayed ${placed.order.status}` : 'granted'
    }),
  )
  return new Map(buyers.map((buyer, index) => [buyer, told[index] as string]))
}

function count(answers: ReadonlyMap<string, string>, answer: string): number {
  return [...answers.values()].filter((each) => each === answer).length
}

async function checkLaws(rush: OpenRush, { ledger }: RushPlace): Promise<void> {
  await new DeskWorker(rush.desk).runOnce()
  const compared = ledger === undefined ? {} : { comparedWithLedger: true }
  expect(await rush.desk.audit()).toMatchObject({ ok: true, differences: [], ...compared })
  if (ledger === undefined) expect(await leastEver(rush)).toBe(0)
}
