import type { Command, OrderCommand } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import type { Case } from '../kit/case.js'
import type { DeclaredCapabilities } from '../kit/options.js'
import { checkProperty } from '../kit/property.js'
import { atTime } from '../model/at-time.js'
import { commandArbitrary } from '../model/command-arbitrary.js'
import { openingSupply } from '../model/history.js'
import { HOLD_MS, MINUTE, units } from '../scenario/commands.js'
import { refund, reject, submit } from './order-commands.js'
import { type OrderAndReservationStore, OrderScenario } from './order-scenario.js'

type OrderStep =
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'apply'; readonly commands: readonly Command[] }
  | { readonly kind: 'orders'; readonly commands: readonly OrderCommand[] }
  | { readonly kind: 'take'; readonly limit: number; readonly leaseMs: number }

const IDS = ['a', 'b', 'c', 'd', 'e']

const ORDER_COMMANDS: fc.Arbitrary<OrderCommand> = fc
  .record({
    id: fc.constantFrom(...IDS),
    which: fc.constantFrom('submit', 'submit', 'other', 'reject', 'refund', 'again'),
  })
  .map(({ id, which }) => {
    if (which === 'submit') return submit(id, { buyer: 'one', lines: 'one' })
    if (which === 'other') return submit(id, { buyer: 'one', lines: 'two', units: [units(2)] })
    return which === 'reject' ? reject(id) : refund(id, which)
  })

function stepArbitrary(declared: DeclaredCapabilities): fc.Arbitrary<OrderStep> {
  const commands = fc.array(commandArbitrary(declared, IDS), { minLength: 1, maxLength: 4 })
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, MINUTE, HOLD_MS) }),
    },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('apply' as const), commands }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('orders' as const),
        commands: fc.array(ORDER_COMMANDS, { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('take' as const),
        limit: fc.constantFrom(1, 2, 10),
        leaseMs: fc.constantFrom(1, MINUTE),
      }),
    },
  )
}

async function play(scenario: OrderScenario, step: OrderStep): Promise<void> {
  switch (step.kind) {
    case 'pass':
      scenario.pass(step.ms)
      return
    case 'apply':
      await scenario.apply(...step.commands.map((command) => atTime(command, scenario.now)))
      return
    case 'orders':
      await scenario.applyToOrders(...step.commands)
      return
    case 'take':
      await scenario.take(step.limit, step.leaseMs)
  }
}

/** Generated histories of reservations and orders side by side. */
export const ORDER_HISTORIES: readonly Case<OrderAndReservationStore>[] = [
  {
    name: 'generated histories of orders and reservations end as in the reference',
    needs: [],
    run: (kit) =>
      checkProperty(
        kit,
        {
          name: 'orders',
          runs: kit.figures.histories,
          inputs: fc.array(stepArbitrary(kit.capabilities), {
            minLength: 1,
            maxLength: kit.figures.steps,
            size: 'max',
          }),
        },
        (steps) =>
          OrderScenario.play(kit, async (scenario) => {
            await scenario.apply(...openingSupply(kit.capabilities))
            for (const step of steps) await play(scenario, step)
          }),
      ),
  },
]
