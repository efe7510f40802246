import {
  type CompensationCommand,
  type CompensationEvent,
  type CompensationOutcome,
  type CompensationState,
  compensation,
} from '@holdfast/core/adapter'
import { changesOf } from './changes-of.js'
import { KeyedWork } from './keyed-work.js'

interface Applied {
  readonly now: number
  readonly outcome: CompensationOutcome
  readonly state: CompensationState | null
}

export class CompensationWork extends KeyedWork<Applied> {
  constructor(private readonly command: CompensationCommand) {
    super({ compensations: [command.order] })
  }

  decide(now: number) {
    const before = this.rows.compensations.get(this.command.order) ?? null
    const { events, outcome } = compensation.decide(this.command, before, now)
    let state = before
    for (const event of events) state = compensation.evolve(state, event)
    // Written with its lease lifted: whatever happened, it is nobody's turn any more.
    const changed = events.length === 0 || state === null ? [] : [{ stored: before !== null, state }]
    const told = events.filter(isPublished)
    return {
      changes: changesOf(this.rows, told, { compensations: changed }),
      result: { now, outcome, state },
    }
  }
}

/** An attempt that failed, and an operator's resume, are the log's own affair. */
function isPublished({ type }: CompensationEvent): boolean {
  return type !== 'attempt-failed' && type !== 'resumed'
}

/** Leases the compensations whose next attempt is due. */
export class TakeCompensations extends KeyedWork<readonly CompensationState[]> {
  constructor(
    limit: number,
    private readonly leaseMs: number,
  ) {
    super({ dueCompensations: { limit } })
  }

  decide(now: number) {
    const { compensations, dueCompensations } = this.rows
    const result = dueCompensations.flatMap((order) => compensations.get(order) ?? [])
    const until = now + this.leaseMs
    const compensationLeases = result.map(({ order }) => ({ order, until }))
    return { changes: changesOf(this.rows, [], { compensationLeases }), result }
  }
}
