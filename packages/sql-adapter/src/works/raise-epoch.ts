import type { CarriedPosition } from '@holdfast/core/adapter'
import { changesOf } from './changes-of.js'
import { KeyedWork } from './keyed-work.js'

/** Lets a partition of a store that this one follows begin another epoch, if it is of the one expected still. */
export class RaiseEpoch extends KeyedWork<CarriedPosition | null> {
  constructor(
    private readonly partition: string,
    private readonly from: number | null,
    private readonly to: number,
  ) {
    super({ carried: [partition] })
  }

  decide() {
    const { rows, partition, from, to } = this
    const before = rows.carried.get(partition) ?? null
    if ((before?.epoch ?? null) !== from) return { changes: null, result: null }
    const position = { epoch: to, sequence: 0, at: before?.at ?? 0, digest: '' }
    return { changes: changesOf(rows, [], { carried: [{ partition, before, position }] }), result: position }
  }
}
