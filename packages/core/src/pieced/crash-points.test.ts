import { describe, expect, it } from 'vitest'
import type { Command } from '../port/commands.js'
import type { Outcome } from '../port/outcomes.js'
import { deathsIn, died } from './crash.test-support.js'
import type { PiecedSender } from './pieced-sender.js'
import { HOLD_MS, orderOf, PATIENCE, PiecedWorld } from './world.test-support.js'

// A process dies at every command that it sends, before the store has it and after: nothing is ever oversold, a retry
// by another process gets the answer, and without one the worker brings all pieces to what the order is.

interface Flow {
  /** What happened before, in another process that did not die. */
  readonly before?: (world: PiecedWorld) => Promise<void>
  readonly call: (sender: PiecedSender) => Promise<Outcome['kind']>
  /** What the call answers, and what it answers when it is made again after any crash. */
  readonly answers: readonly Outcome['kind'][]
  /** Units of A, B and C once a retry is answered: available, reserved, sold. */
  readonly figures: readonly (readonly [available: number, reserved: number, sold: number])[]
}

const ID = { id: 'o', home: 'o' } as const
const confirm = { kind: 'confirm', ...ID, payment: 'pi', retake: null } as const
const released = { kind: 'release', ...ID, reason: null } as const
const B = { sku: 'B', pool: 'default' }
const order = (options: { stock?: 'take' | 'defer'; quantity?: number } = {}) =>
  orderOf('o', 'ada', ['A', 'B'], options)
const sent = async (sender: PiecedSender, command: Command) =>
  (await sender.send(command, PATIENCE)).outcome.kind
const placed = async (world: PiecedWorld, options: { stock?: 'take' | 'defer'; quantity?: number } = {}) => {
  expect(await sent(world.process(), order(options))).toBe('granted')
}
const paid = async (world: PiecedWorld, quantity = 1) => {
  await placed(world, { quantity })
  expect(await sent(world.process(), confirm)).toBe('confirmed')
}

const flows: Readonly<Record<string, Flow>> = {
  placing: {
    call: (sender) => sent(sender, order()),
    answers: ['granted', 'replayed'],
    figures: [
      [5, 1, 0],
      [5, 1, 0],
      [6, 0, 0],
    ],
  },
  'being refused': {
    call: (sender) => sent(sender, orderOf('o', 'ada', ['A', 'B', 'C', 'NONE'])),
    answers: ['account-unknown'],
    figures: [
      [6, 0, 0],
      [6, 0, 0],
      [6, 0, 0],
    ],
  },
  deferring: {
    call: (sender) => sent(sender, order({ stock: 'defer' })),
    answers: ['granted', 'replayed'],
    figures: [
      [6, 0, 0],
      [6, 0, 0],
      [6, 0, 0],
    ],
  },
  paying: {
    before: placed,
    call: (sender) => sent(sender, confirm),
    answers: ['confirmed', 'already'],
    figures: [
      [5, 0, 1],
      [5, 0, 1],
      [6, 0, 0],
    ],
  },
  'paying a deferred order': {
    before: (world) => placed(world, { stock: 'defer' }),
    call: (sender) => sent(sender, confirm),
    answers: ['confirmed', 'already'],
    figures: [
      [5, 0, 1],
      [5, 0, 1],
      [6, 0, 0],
    ],
  },
  'paying late': {
    before: async (world) => {
      await placed(world)
      world.clock.pass(HOLD_MS)
    },
    call: (sender) => sent(sender, confirm),
    answers: ['confirmed', 'already'],
    figures: [
      [5, 0, 1],
      [5, 0, 1],
      [6, 0, 0],
    ],
  },
  'paying too late': {
    before: async (world) => {
      await placed(world)
      world.clock.pass(HOLD_MS)
      const all = orderOf('other', 'bob', ['A'])
      await sent(world.process(), { kind: 'sweep', limit: 10 })
      const units = [{ account: { sku: 'B', pool: 'default' }, quantity: 6 }]
      const greedy = { ...all, claims: { ...all.claims, units, uses: [] }, guards: [], risk: null }
      expect(await sent(world.process(), greedy)).toBe('granted')
    },
    call: (sender) => sent(sender, confirm),
    answers: ['refund-required'],
    figures: [
      [6, 0, 0],
      [0, 6, 0],
      [6, 0, 0],
    ],
  },
  cancelling: {
    before: placed,
    call: (sender) => sent(sender, { ...released, cause: 'buyer' }),
    answers: ['released', 'already'],
    figures: [
      [6, 0, 0],
      [6, 0, 0],
      [6, 0, 0],
    ],
  },
  extending: {
    before: placed,
    call: (sender) => sent(sender, { kind: 'extend', ...ID, holdMs: HOLD_MS * 2 }),
    answers: ['extended'],
    figures: [
      [5, 1, 0],
      [5, 1, 0],
      [6, 0, 0],
    ],
  },
  shrinking: {
    before: (world) => placed(world, { quantity: 2 }),
    call: (sender) => sent(sender, { kind: 'shrink', ...ID, keep: [{ account: B, quantity: 1 }] }),
    answers: ['shrunk'],
    figures: [
      [6, 0, 0],
      [5, 1, 0],
      [6, 0, 0],
    ],
  },
  returning: {
    before: (world) => paid(world, 2),
    call: (sender) =>
      sent(sender, {
        kind: 'return',
        ...ID,
        movement: 'back',
        units: [{ account: B, quantity: 1 }],
        restock: true,
        giveBackUses: true,
      }),
    answers: ['returned', 'replayed-movement'],
    figures: [
      [4, 0, 2],
      [5, 0, 1],
      [6, 0, 0],
    ],
  },
  'rolling a paid order back': {
    before: paid,
    call: (sender) => sent(sender, { ...released, cause: 'rollback' }),
    answers: ['released', 'already'],
    figures: [
      [6, 0, 0],
      [6, 0, 0],
      [6, 0, 0],
    ],
  },
  expiring: {
    before: async (world) => {
      await placed(world)
      world.clock.pass(HOLD_MS)
    },
    call: (sender) => sent(sender, { kind: 'sweep', limit: 10 }),
    answers: ['swept'],
    figures: [
      [6, 0, 0],
      [6, 0, 0],
      [6, 0, 0],
    ],
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
      const kind = await flow.call(world.process())
      expect(flow.answers).toContain(kind)
      await checkEnd(world, flow, 20)
    })

    it.each(deaths)('$name, then paid by another', async (death) => {
      const world = await died(() => opened(flow), flow.call, death)
      const kind = await sent(world.process(), confirm)
      expect(['confirmed', 'already', 'refund-required', 'unknown-id']).toContain(kind)
      expect(await world.faults()).toEqual([])
      await world.settle()
      expect(await world.leftovers()).toEqual([])
      const { status = 'absent' } = (await world.whole('o')) ?? {}
      expect(
        kind === 'confirmed'
          ? ['confirmed']
          : ['confirmed', 'refund-required', 'released', 'absent', 'expired'],
      ).toContain(status)
    })

    it.each(deaths)('$name, then left to the worker', async (death) => {
      const world = await died(() => opened(flow), flow.call, death)
      await world.settle()
      expect(await world.faults()).toEqual([])
      expect(await world.leftovers()).toEqual([])
      // Sooner or later all is paid or given back.
      world.clock.pass(HOLD_MS * 20)
      await world.settle()
      for (const sku of ['A', 'B', 'C']) expect((await world.figures(sku)).reserved).toBe(0)
      expect(await world.leftovers()).toEqual([])
    })
  })
}

async function checkEnd(world: PiecedWorld, flow: Flow, seconds: number): Promise<void> {
  expect(await world.faults()).toEqual([])
  // What the dead process left behind is found by those who sweep; the order itself lives on.
  for (let round = 0; round < 2; round++) {
    world.clock.pass(seconds * 1_000)
    await sent(world.process(), { kind: 'sweep', limit: 100 })
    expect(await world.faults()).toEqual([])
  }
  expect(await world.leftovers()).toEqual([])
  const figures = ['A', 'B', 'C'].map((sku) => world.figures(sku))
  expect(await Promise.all(figures)).toEqual(
    flow.figures.map(([available, reserved, sold]) => ({ available, reserved, sold })),
  )
}

async function opened(flow: Flow): Promise<PiecedWorld> {
  const world = new PiecedWorld()
  await world.open()
  await flow.before?.(world)
  return world
}
