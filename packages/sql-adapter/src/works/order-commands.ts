import { type OrderCommand, type OrderEvent, type OrderOutcome, order } from '@holdfast/core/adapter'
import { changesOf } from './changes-of.js'
import { KeyedWork } from './keyed-work.js'

interface Applied {
  readonly now: number
  readonly outcomes: readonly OrderOutcome[]
}

/** What touches no unit: tickets, their rejection, refunds. */
export class OrderCommands extends KeyedWork<Applied> {
  private readonly events: OrderEvent[] = []

  constructor(private readonly commands: readonly OrderCommand[]) {
    super({ orders: new Set(commands.map(({ id }) => id)) })
  }

  decide(now: number) {
    const outcomes = this.commands.map((command) => this.apply(command, now))
    return { changes: changesOf(this.rows, this.events), result: { now, outcomes } }
  }

  private apply(command: OrderCommand, now: number): OrderOutcome {
    const { orders, position } = this.rows
    const known = orders.get(command.id)
    const state = known?.orderState() ?? null
    const { events, outcome } = order.decide(command, state, now, known?.reservation !== undefined)
    for (const event of events) {
      this.events.push(event)
      orders.toChange(command.id).putOrder(event, position.events + this.events.length)
    }
    return outcome
  }
}
