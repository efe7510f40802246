import type { QueuedOrder } from '@holdfast/core/adapter'
import { changesOf } from './changes-of.js'
import { KeyedWork } from './keyed-work.js'

/** Leases the oldest tickets, so that no other worker takes them meanwhile. */
export class TakeQueued extends KeyedWork<readonly QueuedOrder[]> {
  constructor(
    limit: number,
    private readonly leaseMs: number,
  ) {
    super({ queued: { limit } })
  }

  decide(now: number) {
    const { queued, orders } = this.rows
    const result: QueuedOrder[] = []
    for (const id of queued) {
      const state = orders.get(id)?.orderState()
      if (state?.status === 'queued') result.push(state)
    }
    const until = now + this.leaseMs
    return { changes: changesOf(this.rows, [], { leases: result.map(({ id }) => ({ id, until })) }), result }
  }
}
