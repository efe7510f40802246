import {
  type CompensationCommand,
  type CompensationOutcome,
  type CompensationState,
  type CompensationStore,
  compensation,
} from '@holdfast/core/adapter'
import type { Case, Kit } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { VirtualClock } from '../kit/virtual-clock.js'

export type ExpectedOfCompensation = CompensationOutcome | CompensationOutcome['kind']

/** A fresh log of compensations, and what it must hold, kept in step. */
export class CompensationScenario {
  private readonly reference = new Map<string, CompensationState>()
  private readonly leases = new Map<string, number>()

  private constructor(
    readonly clock: VirtualClock,
    readonly store: CompensationStore,
  ) {}

  static async play(
    kit: Kit<CompensationStore>,
    body: (scenario: CompensationScenario) => Promise<void>,
  ): Promise<void> {
    const clock = new VirtualClock()
    const underTest = await kit.create({ clock })
    const scenario = new CompensationScenario(clock, underTest.store)
    try {
      await body(scenario)
      await scenario.assertStands()
    } finally {
      await underTest.close()
    }
  }

  async apply(command: CompensationCommand): Promise<CompensationOutcome> {
    const now = this.clock.now()
    const before = this.reference.get(command.order) ?? null
    const { events, outcome } = compensation.decide(command, before, now)
    let state = before
    for (const event of events) state = compensation.evolve(state, event)
    if (state !== null) this.reference.set(command.order, state)
    // Whatever happened, it is nobody's turn any more.
    if (events.length > 0) this.leases.delete(command.order)
    const answer = await this.store.applyToCompensation(command)
    assertSame(answer, { now, outcome, state }, `${JSON.stringify(command)} is answered otherwise:`)
    await this.assertStands()
    return answer.outcome
  }

  async expect(command: CompensationCommand, expected: ExpectedOfCompensation): Promise<void> {
    const outcome = await this.apply(command)
    const told = typeof expected === 'string' ? outcome.kind : outcome
    assertSame(told, expected, `${JSON.stringify(command)} is answered otherwise:`)
  }

  /** Takes what is due, as many as `limit`: any of those that are, each with its state. */
  async take(limit: number, leaseMs: number): Promise<readonly string[]> {
    const now = this.clock.now()
    const due = [...this.reference.values()].filter(
      (one) =>
        one.status === 'required' && one.nextAttemptAt <= now && (this.leases.get(one.order) ?? 0) <= now,
    )
    const taken = await this.store.takeCompensations(limit, leaseMs)
    assertSame(taken.length, Math.min(limit, due.length), 'compensations taken:')
    for (const state of taken) {
      assertSame(
        due.find(({ order }) => order === state.order) ?? null,
        state,
        'a compensation taken is due:',
      )
      this.leases.set(state.order, now + leaseMs)
    }
    const orders = taken.map(({ order }) => order).sort()
    assertSame(new Set(orders).size, orders.length, 'compensations taken, each once:')
    return orders
  }

  /** All of them, over pages of `limit`, by order. */
  async all(status?: CompensationState['status'], limit = 100): Promise<readonly CompensationState[]> {
    const found: CompensationState[] = []
    let cursor: string | null = null
    do {
      const page = await this.store.listCompensations({
        cursor,
        limit,
        ...(status === undefined ? {} : { status }),
      })
      found.push(...page.compensations)
      cursor = page.cursor
    } while (cursor !== null)
    return found.sort((one, other) => (one.order < other.order ? -1 : 1))
  }

  async assertStands(): Promise<void> {
    const expected = [...this.reference.values()].sort((one, other) => (one.order < other.order ? -1 : 1))
    assertSame(await this.all(), expected, 'the compensations differ from the reference:')
    for (const state of expected) {
      assertSame(await this.store.readCompensation(state.order), state, `the compensation of ${state.order}:`)
    }
  }
}

export function compensationScene(
  name: string,
  body: (scenario: CompensationScenario) => Promise<void>,
): Case<CompensationStore> {
  return { name, needs: [], run: (kit) => CompensationScenario.play(kit, body) }
}
