import type { Answer, Call, Coalescer, Teller } from '../coalescer/coalescer.js'
import { told } from '../coalescer/teller.js'
import { HoldfastError } from '../errors.js'
import type { Command } from '../port/commands.js'
import type { ReservationStore } from '../port/reservation-store.js'

/** Brings a command to its store and its outcome back. */
export interface Sender {
  send(command: Command, call: Call): Promise<Answer>
  /** As `send`; the caller gets what the teller makes of the answer, or of the error. */
  sendFor<Told>(command: Command, call: Call, teller: Teller<Told>): Promise<Told>
}

/** Through the coalescer: many callers share a batch. */
export class CoalescedSender implements Sender {
  constructor(
    private readonly store: ReservationStore,
    private readonly coalescer: Coalescer,
  ) {}

  send(command: Command, call: Call): Promise<Answer> {
    return this.coalescer.submit(onlyPartition(this.store, command), command, call)
  }

  sendFor<Told>(command: Command, call: Call, teller: Teller<Told>): Promise<Told> {
    return this.coalescer.submitFor(onlyPartition(this.store, command), command, call, teller)
  }
}

/** Straight to the store, within the caller's own transaction: as fast as that transaction. */
export class DirectSender implements Sender {
  constructor(private readonly store: ReservationStore) {}

  async send(command: Command): Promise<Answer> {
    const applied = await this.store.apply(onlyPartition(this.store, command), null, [command])
    if (applied.kind === 'fenced') throw new HoldfastError('fenced', 'fenced: the store is of another epoch')
    const { now, epoch, outcomes } = applied
    const [outcome] = outcomes
    if (outcome === undefined) throw new HoldfastError('store-failed', 'the store gave no outcome')
    return { outcome, now, epoch }
  }

  sendFor<Told>(command: Command, _call: Call, teller: Teller<Told>): Promise<Told> {
    return told(this.send(command), teller)
  }
}

function onlyPartition(store: ReservationStore, command: Command): string {
  const partitions = store.partitionsOf(command)
  if (partitions.length === 1) return partitions[0] as string
  throw new HoldfastError('invalid-argument', 'lines: they lie in several partitions of this store', {
    path: 'lines',
  })
}
