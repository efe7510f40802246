import { describe, expect, it } from 'vitest'
import { MINUTE, orderOf } from '../desk/shop.test-support.js'
import { type Death, LeaseWorld, type Process } from './lease-world.test-support.js'

// A process dies at every change that it makes while units move between the ledger's vault and the store: none is given
// twice or lost, a retry gets its answer, and what is in flight is brought to its end by who is short, or by a worker.

const CHUNK = 3
const UNITS = 20
const buy = (id: string, quantity: number) => orderOf(id, id, [{ sku: 'A', quantity }])

interface Flow {
  readonly before?: (process: Process, world: LeaseWorld) => Promise<unknown>
  readonly call: (process: Process) => Promise<unknown>
  /** Units left, and taken, once it was asked again. */
  readonly end: readonly [left: number, taken: number]
}

const flows: Readonly<Record<string, Flow>> = {
  'placing an order of more than a chunk': {
    call: async ({ desk }) => expect(await desk.place(buy('o', 8))).toMatchObject({ ok: true }),
    end: [12, 8],
  },
  'taking the last units': {
    before: ({ desk }) => desk.place(buy('first', 15)),
    call: async ({ desk }) => expect(await desk.place(buy('o', 5))).toMatchObject({ ok: true }),
    end: [0, 20],
  },
  restocking: {
    before: ({ desk }) => desk.place(buy('first', 20)),
    call: async ({ desk }) =>
      expect(await desk.restock({ id: 'more', sku: 'A', quantity: 9 })).toMatchObject({ ok: true }),
    end: [9, 20],
  },
  'taking out what was leased': {
    call: async ({ desk }) =>
      expect(await desk.adjust({ id: 'out', sku: 'A', delta: -19, cause: 'lost' })).toMatchObject({
        ok: true,
      }),
    end: [1, 0],
  },
  'paying late': {
    before: async ({ desk, worker }, world) => {
      await desk.place(buy('o', 8))
      world.clock.pass(16 * MINUTE)
      await worker.runOnce()
      await desk.adjust({ id: 'out', sku: 'A', delta: -10, cause: 'lost' })
    },
    call: async ({ desk }) =>
      expect(await desk.recordPayment({ orderId: 'o', paymentId: 'pi' })).toMatchObject({ ok: true }),
    end: [2, 8],
  },
  'topping up': {
    before: ({ desk }) => desk.place(buy('first', 2)),
    call: ({ worker }) => worker.runOnce(),
    end: [18, 2],
  },
}

for (const [setting, options] of [
  ['one partition', {}],
  ['buckets', { partitions: 3, spread: ['A'] }],
] as const)
  for (const [name, { before, call, end }] of Object.entries(flows)) {
    const opened = async () => {
      const world = new LeaseWorld(options, CHUNK)
      const process = world.process()
      await process.desk.restock({ id: 'in', sku: 'A', quantity: UNITS })
      await before?.(process, world)
      return world
    }
    const points = await (await opened()).pointsOf(call)
    const deaths = points.flatMap((point, at): Death[] =>
      (['before', 'after'] as const).map((when) => ({ name: `${when} ${at}, “${point}”`, at, when })),
    )
    const died = async (death: Death) => {
      const world = await opened()
      await world.die(call, death)
      expect(await world.faults()).toEqual([])
      return world
    }
    const settled = async (world: LeaseWorld) => {
      const process = world.process()
      for (let round = 0; round < 3; round++) await process.worker.runOnce()
      expect(await world.faults()).toEqual([])
      expect(await process.desk.audit()).toMatchObject({ ok: true, comparedWithLedger: true })
      return world.unitsOf()
    }
    describe(`${name}, ${setting}, dying`, () => {
      it.each(deaths)('$name, then asked again', async (death) => {
        const world = await died(death)
        await call(world.process())
        const { vault, store, inFlight, taken } = await settled(world)
        expect({ left: vault + store, taken, inFlight }).toEqual({ left: end[0], taken: end[1], inFlight: 0 })
      })

      it.each(deaths)('$name, then left to the worker', async (death) => {
        const world = await died(death)
        expect(await settled(world)).toMatchObject({ inFlight: 0 })
      })

      it.each(deaths)('$name, then found by who is short', async (death) => {
        const world = await died(death)
        const process = world.process()
        const { available = 0 } = (await process.desk.availability({ sku: 'A' })) ?? {}
        const { inFlight } = await world.unitsOf()
        // In flight they are seen in none, or in two for a moment: the more of the two is not to be had.
        const placed = await process.desk.place(buy('all', available + inFlight + 1))
        expect(placed).toMatchObject({ ok: false })
        const { vault, store, inFlight: left } = await settled(world)
        expect(left).toBe(0)
        if (vault + store > 0)
          expect(await process.desk.place(buy('all', vault + store))).toMatchObject({ ok: true })
        expect(await world.faults()).toEqual([])
      })
    })
  }
