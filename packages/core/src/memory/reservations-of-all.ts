import { isPieceId } from '../partition/piece-names.js'
import type { Granted } from '../port/events.js'
import type { MemoryPartition } from './partition.js'

/** The reservations of several partitions as their orders see them: no pieces. */
export class ReservationsOfAll {
  constructor(private readonly partitions: ReadonlyMap<string, MemoryPartition>) {}

  has(id: string): boolean {
    for (const { reservations } of this.partitions.values()) if (reservations.has(id)) return true
    return false
  }

  grant(id: string): Granted | undefined {
    for (const { reservations } of this.partitions.values()) {
      const granted = reservations.grant(id)
      if (granted !== undefined) return granted
    }
    return undefined
  }

  *ids(): Iterable<string> {
    for (const { reservations } of this.partitions.values()) {
      for (const id of reservations.ids()) if (!isPieceId(id)) yield id
    }
  }
}
