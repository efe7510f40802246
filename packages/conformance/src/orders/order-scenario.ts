import type {
  Command,
  OrderCommand,
  OrderOutcome,
  OrderState,
  OrderStore,
  QueuedOrder,
  ReservationStore,
} from '@holdfast/core/adapter'
import type { Case, Kit, Need } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { type Expected, Scenario } from '../scenario/scenario.js'
import { ReferenceOrders } from './reference-orders.js'

/** A store that keeps orders beside the reservations that they come from. */
export type OrderAndReservationStore = ReservationStore & OrderStore

export type ExpectedOfOrder = OrderOutcome | OrderOutcome['kind']

/** A fresh store of orders and reservations, and the reference, kept in step. */
export class OrderScenario {
  private readonly reference: ReferenceOrders

  private constructor(
    readonly reservations: Scenario,
    readonly store: OrderAndReservationStore,
  ) {
    this.reference = new ReferenceOrders(reservations.partitionOfReference())
  }

  static async play(
    kit: Kit<OrderAndReservationStore>,
    body: (scenario: OrderScenario) => Promise<void>,
  ): Promise<void> {
    await Scenario.play(kit, async (reservations) => {
      const scenario = new OrderScenario(reservations, reservations.store as OrderAndReservationStore)
      await body(scenario)
      await scenario.assertStands()
    })
  }

  get now(): number {
    return this.reservations.clock.now()
  }

  pass(ms: number): void {
    this.reservations.clock.pass(ms)
  }

  /** A batch of commands on orders. */
  async applyToOrders(...commands: readonly OrderCommand[]): Promise<readonly OrderOutcome[]> {
    const { now, outcomes } = await this.store.applyToOrders(commands)
    assertSame(now, this.now, 'the commands were decided at another time than the clock tells:')
    assertSame(
      outcomes,
      this.reference.apply(commands, now),
      `the outcomes differ from the reference: ${JSON.stringify(commands)}`,
    )
    await this.assertStands()
    return outcomes
  }

  async expectOfOrder(command: OrderCommand, expected: ExpectedOfOrder): Promise<void> {
    const [outcome] = await this.applyToOrders(command)
    const told = typeof expected === 'string' ? outcome?.kind : outcome
    assertSame(told, expected, `${JSON.stringify(command)} is answered otherwise:`)
  }

  async expect(command: Command, expected: Expected): Promise<void> {
    await this.reservations.expect(command, expected)
    await this.assertStands()
  }

  async apply(...commands: readonly Command[]): Promise<void> {
    await this.reservations.apply(...commands)
    await this.assertStands()
  }

  async take(limit: number, leaseMs: number): Promise<readonly QueuedOrder[]> {
    const taken = await this.store.takeQueued(limit, leaseMs)
    assertSame(
      taken,
      this.reference.take(limit, leaseMs, this.now),
      'the tickets taken differ from the reference:',
    )
    return taken
  }

  async order(id: string): Promise<OrderState | null> {
    const [state = null] = await this.store.readOrders([id])
    return state
  }

  /** All orders, over pages of `limit`. */
  async all(status?: OrderState['status'], limit = 100): Promise<readonly OrderState[]> {
    const found: OrderState[] = []
    let cursor: string | null = null
    do {
      const page = await this.store.listOrders({ cursor, limit, ...(status === undefined ? {} : { status }) })
      found.push(...page.orders)
      cursor = page.cursor
    } while (cursor !== null)
    return found.sort((one, other) => (one.id < other.id ? -1 : 1))
  }

  /** Listed and read by id, the orders are those of the reference. */
  async assertStands(): Promise<void> {
    const expected = [...this.reference.orders.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
    assertSame(await this.all(), expected, 'the orders differ from the reference:')
    assertSame(
      await this.store.readOrders(expected.map(({ id }) => id)),
      expected,
      'the orders, read by id, differ from the reference:',
    )
  }
}

export function orderScene(
  name: string,
  body: (scenario: OrderScenario) => Promise<void>,
  ...needs: readonly Need[]
): Case<OrderAndReservationStore> {
  return { name, needs, run: (kit) => OrderScenario.play(kit, body) }
}
