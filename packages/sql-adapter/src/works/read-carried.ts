import type { CarriedPosition } from '@holdfast/core/adapter'
import { KeyedWork } from './keyed-work.js'

/** How far partitions of a store that this one follows are carried. */
export class ReadCarried extends KeyedWork<readonly (CarriedPosition | null)[]> {
  constructor(private readonly partitions: readonly string[]) {
    super({ carried: partitions })
  }

  decide() {
    return { changes: null, result: this.partitions.map((name) => this.rows.carried.get(name) ?? null) }
  }
}
