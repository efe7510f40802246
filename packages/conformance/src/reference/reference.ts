import {
  BatchRunner,
  type Command,
  type LedgerEntry,
  type Outcome,
  type StoreEvent,
} from '@holdfast/core/adapter'
import { ReferencePartition } from './reference-partition.js'
import { type VisibleState, visibleState } from './visible-state.js'

/** What a store must answer and become: core's rules over a plain partition, with everything that it told. */
export class Reference {
  /** The events of every batch that left any, in order. */
  readonly batches: (readonly StoreEvent[])[] = []
  private readonly runner: BatchRunner

  constructor(readonly partition: ReferencePartition = new ReferencePartition()) {
    this.runner = new BatchRunner(partition, partition.changed)
  }

  /** Applies a batch at `now`; one outcome per command. */
  apply(commands: readonly Command[], now: number): readonly Outcome[] {
    const { outcomes, events } = this.runner.run(commands, now)
    if (events.length > 0) this.batches.push(events)
    return outcomes
  }

  /** Another reference in the same state, that remembers no events. */
  copy(): Reference {
    return new Reference(this.partition.copy())
  }

  /** Two references with the same identity answer everything alike. */
  identity(): string {
    return this.partition.identity()
  }

  ledger(): readonly LedgerEntry[] {
    return this.partition.ledger
  }

  visible(now: number): VisibleState {
    const { accounts, reservations, counters, guards, strikeRecords } = this.partition
    return visibleState(
      {
        accounts: [...accounts.values()],
        reservations: [...reservations].map(([id, state]) => ({ id, state })),
        counters: [...counters].map(([name, { used, archived }]) => ({ name, used, archived })),
        guards: [...guards].map(([name, state]) => ({ name, state })),
        strikes: [...strikeRecords].map(([name, state]) => ({ name, state })),
      },
      now,
    )
  }
}
