import { setTimeout as pause } from 'node:timers/promises'
import { type Arrived, arrivedAt } from './arrived.js'
import { Child } from './child.js'
import { allHandled, type Handled, handledAt } from './handled.js'
import type { Place } from './place.js'
import { drained, write } from './writing.js'

export interface Many {
  readonly keys: number
  readonly versions: number
  readonly relays: number
  readonly consumers: number
  /** Between two kills, ms. */
  readonly killEvery: number
  /** 0 up to 1, of one seed. */
  readonly chance: () => number
}

/**
 * Several relays of one outbox while it is written to, and several consumers of what they send; one of each killed at every
 * turn and started anew.
 */
export async function relayMany(
  place: Place,
  options: Many,
): Promise<{ readonly arrived: Arrived; readonly handled: Handled; readonly kills: number }> {
  const { keys, versions, killEvery, chance } = options
  const relays = new Herd(options.relays, () =>
    Child.start('./relay-process.ts', { ...place, leaseMs: 1_500, death: null, batchLimit: 500 }),
  )
  const consumers = new Herd(options.consumers, () =>
    Child.start('./consumer-process.ts', { ...place, groupId: place.topic, death: null }),
  )
  const state = { done: false, kills: 0 }
  const killing = (async () => {
    while (!state.done) {
      await pause(killEvery * (0.5 + chance()))
      if (state.done) return
      await relays.killOne(chance())
      // Those that are left take over what a dead one had only after its session: fewer are killed.
      if (state.kills % 3 === 0) await consumers.killOne(chance())
      state.kills++
    }
  })()
  try {
    await write(place, { keys, versions, writers: 8 })
    await drained(place, 1_200_000)
    state.done = true
    await killing
    await allHandled(place, 600_000)
    await Promise.all([relays.end('SIGTERM'), consumers.end('SIGTERM')])
    return { arrived: await arrivedAt(place), handled: await handledAt(place), kills: state.kills }
  } finally {
    state.done = true
    await Promise.all([relays.end('SIGKILL'), consumers.end('SIGKILL')])
  }
}

/** Processes that do the same. */
class Herd {
  private readonly children: Child[]

  constructor(
    count: number,
    private readonly start: () => Child,
  ) {
    this.children = Array.from({ length: count }, start)
  }

  /** @param chance 0 up to 1: which one */
  async killOne(chance: number): Promise<void> {
    const at = Math.floor(chance * this.children.length)
    await this.children[at]?.end('SIGKILL')
    this.children[at] = this.start()
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    await Promise.all(this.children.map((child) => child.end(signal)))
  }
}
