import { MemoryStore } from '@holdfast/core'
import type { WorldOptions } from './world/world.js'

/**
 * The store that is simulated: in memory, on the world's clock, its partitions each atomic for itself.
 *
 * @param spread SKUs whose units lie in buckets
 */
export function simulatedStore(partitions = 1, spread: readonly string[] = []): WorldOptions['newStore'] {
  return ({ clock, retentionMs }) =>
    new MemoryStore({
      clock,
      retention: { milliseconds: retentionMs },
      partitions: partitions === 1 ? undefined : partitions,
      spread,
    })
}
