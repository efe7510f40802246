import { describe, expect, it } from 'vitest'
import { deathsIn, died } from '../pieced/crash.test-support.js'
import type { PiecedSender } from '../pieced/pieced-sender.js'
import { HOLD_MS, orderOf, PATIENCE, PiecedWorld } from '../pieced/world.test-support.js'
import type { Command } from '../port/commands.js'
import type { Outcome } from '../port/outcomes.js'

// A process dies at every command that it sends while units move between buckets, before the store has it and after:
// no unit is ever given twice or lost, a retry gets its answer, and what is left in flight is brought to its end by
// whoever is short, or by the worker.

interface Flow {
  readonly before?: (world: PiecedWorld) => Promise<void>
  readonly call: (sender: PiecedSender) => Promise<Outcome['kind'] | 'rebalanced'>
  readonly answers: readonly (Outcome['kind'] | 'rebalanced')[]
  /** Nobody is short of all units in one pool. */
  readonly isOfTwoPools?: true
  /** Units of all buckets in the end. */
  readonly figures: readonly [available: number, reserved: number, sold: number]
}

const UNITS = 6
const A = { sku: 'A', pool: 'default' }
const EU = { sku: 'A', pool: 'eu' }
const sent = async (sender: PiecedSender, command: Command) =>
  (await sender.send(command, PATIENCE)).outcome.kind
/** A order that one bucket alone decides, once it has the units. */
function orderIn(id: string, quantity: number, stock: 'take' | 'defer' = 'take') {
  const order = orderOf(id, id, ['A'], { quantity, stock })
  return { ...order, claims: { ...order.claims, uses: [] }, guards: [], risk: null }
}
const supply = (delta: number, account = A, movement = `by ${delta}`) =>
  ({ kind: 'supply', movement, account, delta, cause: 'restock' }) as const
const confirm = { kind: 'confirm', id: 'o', home: 'o', payment: 'pi', retake: null } as const

const flows: Readonly<Record<string, Flow>> = {
  'placing an order of units in several buckets': {
    call: (sender) => sent(sender, orderIn('o', 4)),
    answers: ['granted', 'replayed'],
    figures: [2, 4, 0],
  },
  'placing it in pieces': {
    call: (sender) => sent(sender, orderOf('o', 'ada', ['A', 'B'], { quantity: 2 })),
    answers: ['granted', 'replayed'],
    figures: [4, 2, 0],
  },
  'taking the last units': {
    before: async (world) => {
      expect(await sent(world.process(), orderIn('first', 5))).toBe('granted')
    },
    call: (sender) => sent(sender, orderIn('o', 1)),
    answers: ['granted', 'replayed'],
    figures: [0, 6, 0],
  },
  'asking for more than there is': {
    call: (sender) => sent(sender, orderIn('o', UNITS + 1)),
    answers: ['insufficient-stock'],
    figures: [6, 0, 0],
  },
  'paying late': {
    before: async (world) => {
      await sent(world.process(), orderIn('o', 2))
      world.clock.pass(HOLD_MS)
      await sent(world.process(), { kind: 'sweep', limit: 10 })
      for (const buyer of ['b', 'c', 'd', 'e']) await sent(world.process(), orderIn(buyer, 1))
    },
    call: (sender) => sent(sender, confirm),
    answers: ['confirmed', 'already'],
    figures: [0, 4, 2],
  },
  'paying a deferred order': {
    before: async (world) => {
      await sent(world.process(), orderIn('o', 3, 'defer'))
      for (const buyer of ['b', 'c', 'd']) await sent(world.process(), orderIn(buyer, 1))
    },
    call: (sender) => sent(sender, confirm),
    answers: ['confirmed', 'already'],
    figures: [0, 3, 3],
  },
  restocking: {
    call: (sender) => sent(sender, supply(20)),
    answers: ['supplied', 'replayed-movement'],
    figures: [26, 0, 0],
  },
  'adjusting down': {
    call: (sender) => sent(sender, supply(-5)),
    answers: ['supplied', 'replayed-movement'],
    figures: [1, 0, 0],
  },
  'transferring to another pool': {
    before: async (world) => {
      await sent(world.process(), supply(0, EU))
    },
    call: (sender) => sent(sender, { kind: 'transfer', movement: 'move', from: A, to: EU, quantity: 5 }),
    answers: ['transferred', 'replayed-movement'],
    isOfTwoPools: true,
    figures: [6, 0, 0],
  },
  configuring: {
    call: (sender) =>
      sent(sender, {
        kind: 'configure',
        account: A,
        version: 1,
        opensAt: 9,
        closesAt: null,
        backorderLimit: 0,
      }),
    answers: ['configured'],
    figures: [6, 0, 0],
  },
  rebalancing: {
    before: async (world) => {
      const [first = ''] = await world.store.partitions()
      await world.direct(first, supply(30), PATIENCE)
    },
    call: async (sender) => {
      expect(await sender.rebalance()).toBeLessThan(7)
      return 'rebalanced'
    },
    answers: ['rebalanced'],
    figures: [36, 0, 0],
  },
}

for (const [name, flow] of Object.entries(flows)) {
  const deaths = await deathsIn(
    () => opened(flow),
    async (sender) => {
      expect(flow.answers).toContain(await flow.call(sender))
    },
  )
  describe(`${name}, dying`, () => {
    it.each(deaths)('$name, then asked again', async (death) => {
      const world = await died(() => opened(flow), flow.call, death)
      expect(flow.answers).toContain(await flow.call(world.process()))
      expect(await world.faults()).toEqual([])
      await rebalanced(world)
      const [available, reserved, sold] = flow.figures
      expect((await world.unitsOf('A')).figures).toEqual({ available, reserved, sold })
      expect(await world.unitsOf('A')).toMatchObject({ supplied: world.put.get('A'), inFlight: 0 })
      await sameSettings(world)
    })

    it.each(flow.isOfTwoPools ? [] : deaths)('$name, then found by who is short', async (death) => {
      const world = await died(() => opened(flow), flow.call, death)
      const { reserved, sold } = (await world.unitsOf('A')).figures
      const left = (world.put.get('A') ?? 0) - reserved - sold
      // In one bucket at the end, wherever they were.
      expect(await sent(world.process(), orderIn('all', left))).toBe('granted')
      expect(await world.faults()).toEqual([])
      expect((await world.unitsOf('A')).figures.available).toBe(0)
    })

    it.each(deaths)('$name, then left to the worker', async (death) => {
      const world = await died(() => opened(flow), flow.call, death)
      await rebalanced(world)
      expect(await world.faults()).toEqual([])
      expect(await world.unitsOf('A')).toMatchObject({ supplied: world.put.get('A'), inFlight: 0 })
      await sameSettings(world)
    })
  })
}

async function opened(flow: Flow): Promise<PiecedWorld> {
  const world = new PiecedWorld(['A'])
  await world.open(UNITS)
  await flow.before?.(world)
  return world
}

async function rebalanced(world: PiecedWorld): Promise<void> {
  for (let round = 0; round < 3; round++) await world.process().rebalance()
}

async function sameSettings(world: PiecedWorld): Promise<void> {
  const settings = (await world.accountsOf('A')).flatMap(({ key, opensAt, configVersion }) =>
    key.pool === 'default' ? [`${opensAt} in ${configVersion}`] : [],
  )
  expect(settings).toHaveLength(7)
  expect(new Set(settings).size).toBe(1)
}
