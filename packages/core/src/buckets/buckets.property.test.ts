import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { PiecedSender } from '../pieced/pieced-sender.js'
import { chanceOf, Turns } from '../pieced/turns.test-support.js'
import { orderOf, PATIENCE, PiecedWorld } from '../pieced/world.test-support.js'

// Several processes sell one SKU of seven buckets, bring units and take some out, and even the buckets out, all at once;
// some die. After every single command no unit is there twice, or lost; in the end all are there, and can be sold.

const A = { sku: 'A', pool: 'default' }
const act = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('buy' as const), quantity: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('supply' as const), delta: fc.integer({ min: -6, max: 12 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rebalance' as const) }) },
)
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never
const processes = fc.array(
  fc.record({
    acts: fc.array(act, { minLength: 1, maxLength: 6 }),
    diesAt: fc.option(fc.nat(40), { freq: 2, nil: null }),
  }),
  { minLength: 2, maxLength: 4 },
)

it('never has a unit twice, and loses none, whoever interleaves and dies', {
  timeout: 1_200_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(processes, fc.integer({ min: 1 }), async (scripts, seed) => {
      const world = new PiecedWorld(['A'])
      await world.open(12)
      const turns = new Turns(world, chanceOf(seed))
      const done = scripts.map(async ({ acts, diesAt }, number) => {
        const sender = world.process(turns.submitOf(diesAt))
        for (const [turn, one] of acts.entries())
          await perform(one, sender, `${number}-${turn}`, `${number}-${turn - 1}`)
      })
      await turns.run(done)
      for (let round = 0; round < 3; round++) await world.process().rebalance()
      expect(await world.faults()).toEqual([])
      const { figures, supplied, inFlight } = await world.unitsOf('A')
      expect({ supplied, inFlight }).toEqual({ supplied: world.put.get('A'), inFlight: 0 })
      if (figures.available === 0) return
      const { outcome } = await world.process().send(alone('the rest', figures.available), PATIENCE)
      expect(outcome.kind).toBe('granted')
    }),
    { numRuns: Number(process.env.PIECED_RUNS ?? 100) },
  )
})

async function perform(one: Act, sender: PiecedSender, id: string, before: string): Promise<void> {
  switch (one.kind) {
    case 'buy':
      await sender.send(alone(id, one.quantity), PATIENCE)
      return
    case 'cancel':
      await sender.send({ kind: 'release', id: before, home: before, cause: 'buyer', reason: null }, PATIENCE)
      return
    case 'supply':
      await sender.send(
        { kind: 'supply', movement: id, account: A, delta: one.delta, cause: 'counted' },
        PATIENCE,
      )
      return
    case 'rebalance':
      await sender.rebalance()
  }
}

/** An order that one bucket alone decides. */
function alone(id: string, quantity: number) {
  const order = orderOf(id, id, ['A'], { quantity })
  return { ...order, claims: { ...order.claims, uses: [] }, guards: [], risk: null }
}
