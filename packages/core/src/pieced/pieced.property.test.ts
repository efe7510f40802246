import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Command } from '../port/commands.js'
import type { Submit } from './homes.js'
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
  { weight: 2, arbitrary: fc.constant({ kind: 'sweep' } as const) },
)
const processes = fc.array(
  fc.record({
    acts: fc.array(act, { minLength: 1, maxLength: 5 }),
    /** Dies at its so-manieth command; most live on. */
    diesAt: fc.option(fc.nat(30), { freq: 2, nil: null }),
  }),
  { minLength: 1, maxLength: 4 },
)

it('keeps the laws whoever interleaves and dies, and settles in the end', {
  timeout: 1_200_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(processes, fc.integer({ min: 1 }), async (scripts, seed) => {
      const world = new PiecedWorld()
      await world.open(2)
      const chance = chanceOf(seed)
      const turns = new Turns(world, chance)
      const done = scripts.map(async ({ acts, diesAt }) => {
        const sender = world.process(turns.submitOf(diesAt))
        for (const one of acts) await sender.send(commandOf(one, chance), PATIENCE).catch(refusedByOthers)
      })
      await turns.run(done)
      await world.settle()
      expect(await world.faults()).toEqual([])
      expect(await world.leftovers()).toEqual([])
      world.clock.pass(HOLD_MS * 20)
      await world.settle()
      expect(await world.leftovers()).toEqual([])
      for (const sku of SKUS) expect((await world.figures(sku))?.reserved).toBe(0)
    }),
    { numRuns: Number(process.env.PIECED_RUNS ?? 60) },
  )
})

/** A call that others kept undoing says so; nothing else may fail. */
function refusedByOthers(error: unknown): void {
  expect(error).toMatchObject({ code: 'overloaded' })
}

/** Commands wait for their turn; one at a time reaches the store, and the laws are looked at behind each. */
class Turns {
  private readonly waiting: (() => Promise<void>)[] = []

  constructor(
    private readonly world: PiecedWorld,
    private readonly chance: () => number,
  ) {}

  submitOf(diesAt: number | null): Submit {
    let sends = 0
    return (partition, command, call) =>
      new Promise((resolve, reject) => {
        const number = sends++
        if (diesAt !== null && number > diesAt) return
        this.waiting.push(async () => {
          // It dies before the store has the command, or before it has the reply.
          if (number === diesAt && this.chance() < 0.5) return
          const answer = await this.world.direct(partition, command, call).catch(reject)
          if (answer !== undefined && number !== diesAt) resolve(answer)
        })
      })
  }

  /** Until all are done, or dead. */
  async run(done: readonly Promise<void>[]): Promise<void> {
    let failure: unknown
    for (const one of done)
      one.catch((error: unknown) => {
        failure ??= error
      })
    for (let idle = 0; idle < 3; ) {
      await new Promise((resolve) => setImmediate(resolve))
      const next = this.waiting.splice(Math.floor(this.chance() * this.waiting.length), 1)[0]
      idle = next === undefined ? idle + 1 : 0
      await next?.()
      if (this.chance() < 0.04) this.world.clock.pass(10_000 + Math.floor(this.chance() * HOLD_MS))
      expect(await this.world.faults()).toEqual([])
    }
    if (failure !== undefined) throw failure
  }
}

function commandOf(one: Act, chance: () => number): Command {
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

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
