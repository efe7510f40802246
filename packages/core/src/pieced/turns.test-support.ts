import { expect } from 'vitest'
import type { Submit } from './homes.js'
import { HOLD_MS, type PiecedWorld } from './world.test-support.js'

// Several processes at once: which command reaches the store next, which reply is lost, and who dies, is chance.

/** Commands wait for their turn; one at a time reaches the store, and the laws are looked at behind each. */
export class Turns {
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

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
