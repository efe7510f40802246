import { setTimeout as pause } from 'node:timers/promises'
import { type Arrived, arrivedAt } from './arrived.js'
import { Child } from './child.js'
import type { Place } from './place.js'
import { drained, write } from './writing.js'

export interface Many {
  readonly keys: number
  readonly versions: number
  readonly relays: number
  /** Between two kills, ms. */
  readonly killEvery: number
  /** 0 up to 1, of one seed. */
  readonly chance: () => number
}

/** Several relays of one outbox while it is written to, one of them killed at every turn and started anew. */
export async function relayMany(place: Place, options: Many): Promise<Arrived & { readonly kills: number }> {
  const { keys, versions, killEvery, chance } = options
  const start = () =>
    Child.start('./relay-process.ts', { ...place, leaseMs: 1_500, death: null, batchLimit: 500 })
  const relays = Array.from({ length: options.relays }, start)
  const state = { done: false, kills: 0 }
  const killing = (async () => {
    while (!state.done) {
      await pause(killEvery * (0.5 + chance()))
      if (state.done) return
      const at = Math.floor(chance() * relays.length)
      await relays[at]?.end('SIGKILL')
      relays[at] = start()
      state.kills++
    }
  })()
  try {
    await write(place, { keys, versions, writers: 8 })
    await drained(place, 1_200_000)
    state.done = true
    await killing
    await Promise.all(relays.map((relay) => relay.end('SIGTERM')))
    return { ...(await arrivedAt(place)), kills: state.kills }
  } finally {
    state.done = true
    await Promise.all(relays.map((relay) => relay.end('SIGKILL')))
  }
}
