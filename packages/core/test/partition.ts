import type { MemoryHomes } from '../src/memory/homes.js'
import { MemoryPartition } from '../src/memory/partition.js'
import { Reservations } from '../src/memory/reservations.js'
import type { AccountKey } from '../src/port/claims.js'
import type { Command } from '../src/port/commands.js'
import type { ReservationEvent, StockChanged, StoreEvent } from '../src/port/events.js'
import type { Outcome } from '../src/port/outcomes.js'
import { supply } from './commands.js'

/** A partition under test, at an instant that the test moves. */
export class TestPartition {
  readonly state: MemoryPartition
  now = 10_000
  /** What the last batch emitted. */
  events: readonly StoreEvent[] = []
  private deliveries = 0

  /** `homes`: where orders may lie in pieces. */
  constructor(homes?: MemoryHomes) {
    this.state = new MemoryPartition('main', 1, () => {}, new Reservations(), homes)
  }

  /** Applies one batch. */
  batch(...commands: Command[]): readonly Outcome[] {
    const { outcomes, events } = this.state.runner.run(commands, this.now)
    this.events = events
    return outcomes
  }

  /** Applies one command. */
  do(command: Command): Outcome {
    const [outcome] = this.batch(command)
    if (outcome === undefined) throw new Error('a command without an outcome')
    return outcome
  }

  /** Applies one command `ms` later. */
  after(ms: number, command: Command): Outcome {
    this.now += ms
    return this.do(command)
  }

  stock(account: AccountKey, quantity: number): this {
    this.deliveries += 1
    this.do(supply(`delivery ${this.deliveries}`, account, quantity))
    return this
  }

  /** `available reserved sold backordered` and, after a slash, `supplied`. */
  figures(key: AccountKey): string {
    const account = this.state.account(key)
    if (account === undefined) return 'no account'
    const { available, reserved, sold, backordered, supplied } = account
    return `${available} ${reserved} ${sold} ${backordered} / ${supplied}`
  }

  used(counter: string): number {
    return this.state.counter(counter)?.used ?? 0
  }

  status(id: string): string {
    return this.state.reservation(id)?.status ?? 'absent'
  }

  strikes(name: string): number {
    return this.state.strikes(name)?.count ?? 0
  }

  /** The order that keeps the guard. */
  keeper(name: string): string | null {
    return this.state.guard(name)?.id ?? null
  }

  /** What the last batch emitted, in short: `granted o1`, `changed A north`. */
  told(): readonly string[] {
    return this.events.map((event) =>
      event.aggregate === 'reservation'
        ? `${event.type} ${event.id}`
        : `${event.type} ${event.account.sku} ${event.account.pool}`,
    )
  }

  changes(): readonly StockChanged[] {
    return this.events.filter((event): event is StockChanged => event.type === 'changed')
  }

  ofReservations(): readonly ReservationEvent[] {
    return this.events.filter((event): event is ReservationEvent => event.aggregate === 'reservation')
  }
}
