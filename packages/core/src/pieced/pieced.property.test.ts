import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Command } from '../port/commands.js'
import { chanceOf, Turns } from './turns.test-support.js'
import { HOLD_MS, orderOf, PATIENCE, PiecedWorld, SKUS } from './world.test-support.js'

// Several processes with orders that share SKUs, phones and ids; which command reaches the store next, which reply is
// lost, and who dies, is chance. L1–L4 hold after every single command; in the end every order is whole or nothing.

type Act =
  | {
      readonly kind: 'place'
      readonly order: number
      readonly skus: readonly string[]
      readonly defer: boolean
    }
  | { readonly kind: 'pay' | 'cancel' | 'roll back' | 'extend' | 'shrink' | 'return'; readonly order: number }
  | { readonly kind: 'sweep' }
  | { readonly kind: 'rebalance' }

const ORDERS = 4
const order = fc.nat(ORDERS - 1)
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('place' as const),
      order,
      skus: fc.subarray([...SKUS], { minLength: 1 }),
      defer: fc.nat(4).map((dice) => dice === 0),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        ...(['pay', 'pay', 'pay', 'cancel', 'roll back', 'extend', 'shrink', 'return'] as const),
      ),
      order,
    }),
  },
  { weight: 2, arbitrary: fc.constantFrom({ kind: 'sweep' } as const, { kind: 'rebalance' } as const) },
)
const processes = fc.array(
  fc.record({
    acts: fc.array(act, { minLength: 1, maxLength: 5 }),
    /** Dies at its so-manieth command; most live on. */
    diesAt: fc.option(fc.nat(30), { freq: 2, nil: null }),
  }),
  { minLength: 1, maxLength: 4 },
)

it.each([
  { where: 'each SKU lies in one partition', spread: [] },
  { where: 'one SKU lies in buckets', spread: ['A'] },
])(
  'keeps the laws whoever interleaves and dies, and settles in the end, where $where',
  {
    timeout: 1_200_000,
  },
  async ({ spread }) => {
    await fc.assert(
      fc.asyncProperty(processes, fc.integer({ min: 1 }), async (scripts, seed) => {
        const world = new PiecedWorld(spread)
        await world.open(2)
        const chance = chanceOf(seed)
        const turns = new Turns(world, chance)
        const done = scripts.map(async ({ acts, diesAt }) => {
          const sender = world.process(turns.submitOf(diesAt))
          for (const one of acts) {
            const sent =
              one.kind === 'rebalance' ? sender.rebalance() : sender.send(commandOf(one, chance), PATIENCE)
            await sent.catch(refusedByOthers)
          }
        })
        await turns.run(done)
        await world.settle()
        expect(await world.faults()).toEqual([])
        expect(await world.leftovers()).toEqual([])
        world.clock.pass(HOLD_MS * 20)
        await world.settle()
        expect(await world.leftovers()).toEqual([])
        for (const sku of SKUS) expect((await world.figures(sku)).reserved).toBe(0)
        for (const sku of spread) expect(await world.unitsOf(sku)).toMatchObject({ supplied: 2, inFlight: 0 })
      }),
      { numRuns: Number(process.env.PIECED_RUNS ?? 60) },
    )
  },
)

/** A call that others kept undoing says so; nothing else may fail. */
function refusedByOthers(error: unknown): void {
  expect(error).toMatchObject({ code: 'overloaded' })
}

function commandOf(one: Exclude<Act, { kind: 'rebalance' }>, chance: () => number): Command {
  if (one.kind === 'sweep') return { kind: 'sweep', limit: 100 }
  const id = `o${one.order}`
  const at = { id, home: id }
  const units = [{ account: { sku: 'A', pool: 'default' }, quantity: 1 }]
  switch (one.kind) {
    case 'place': {
      const stock = one.defer ? 'defer' : 'take'
      // Two buyers, so that orders meet at guards and limits.
      return orderOf(id, one.order % 2 === 0 ? 'ada' : 'bob', one.skus, { stock })
    }
    case 'pay':
      return { kind: 'confirm', ...at, payment: `pi-${one.order}-${chance() < 0.2 ? 2 : 1}`, retake: null }
    case 'cancel':
      return { kind: 'release', ...at, cause: 'buyer', reason: null }
    case 'roll back':
      return { kind: 'release', ...at, cause: 'rollback', reason: null }
    case 'extend':
      return { kind: 'extend', ...at, holdMs: HOLD_MS }
    case 'shrink':
      return { kind: 'shrink', ...at, keep: units }
    case 'return':
      return { kind: 'return', ...at, movement: `back-${id}`, units, restock: true, giveBackUses: true }
  }
}
