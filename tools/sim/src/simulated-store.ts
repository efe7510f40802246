import { MemoryStore } from '@holdfast/core'
import type { WorldOptions } from './world/world.js'

/** The store that is simulated: in memory, on the world's clock. */
export const simulatedStore: WorldOptions['newStore'] = ({ clock, retentionMs }) =>
  new MemoryStore({ clock, retention: { milliseconds: retentionMs } })
