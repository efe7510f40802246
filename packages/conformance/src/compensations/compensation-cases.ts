import type { CompensationCommand, CompensationState, CompensationStore } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import type { Case } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { checkProperty } from '../kit/property.js'
import { START } from '../kit/virtual-clock.js'
import { HOUR, MINUTE } from '../scenario/commands.js'
import {
  CompensationScenario,
  compensationScene,
  type ExpectedOfCompensation,
} from './compensation-scenario.js'

type Step = 'order-rolled-back' | 'units-restored' | 'notified'

function required(order: string, execution = 'run'): CompensationCommand {
  return { kind: 'require', order, home: 'home', reason: 'payment failed', execution }
}

function step(order: string, done: Step, execution = 'run'): CompensationCommand {
  return { kind: 'step', order, execution, step: done }
}

function fail(order: string, budget = 3, execution = 'run'): CompensationCommand {
  return { kind: 'fail', order, execution, error: 'no answer', budget, retryAfterMs: MINUTE }
}

function resume(order: string): CompensationCommand {
  return { kind: 'resume', order }
}

type StatusName = 'unknown' | 'required' | 'required, one step done' | 'parked' | 'done'

const REACHED: Readonly<Record<StatusName, readonly CompensationCommand[]>> = {
  unknown: [],
  required: [required('order')],
  'required, one step done': [required('order'), step('order', 'order-rolled-back')],
  parked: [required('order'), fail('order', 1)],
  done: [
    required('order'),
    step('order', 'order-rolled-back'),
    step('order', 'units-restored'),
    step('order', 'notified'),
  ],
}

const COMMANDS = {
  'require again': required('order'),
  'require another execution': required('order', 'another'),
  'the first step': step('order', 'order-rolled-back'),
  'the second step': step('order', 'units-restored'),
  'the last step': step('order', 'notified'),
  'a step of another execution': step('order', 'order-rolled-back', 'another'),
  'a failed attempt': fail('order'),
  'the last failed attempt': fail('order', 1),
  'a failed attempt of another execution': fail('order', 1, 'another'),
  resume: resume('order'),
} as const satisfies Record<string, CompensationCommand>

type CommandName = keyof typeof COMMANDS
type Answers = Readonly<Record<CommandName, ExpectedOfCompensation>>

const OTHER = { kind: 'other-execution', execution: 'run' } as const

function already(status: CompensationState['status']) {
  return { kind: 'already', status } as const
}

function outOfOrder(expected: Step) {
  return { kind: 'out-of-order', expected } as const
}

const REQUIRED: Answers = {
  'require again': already('required'),
  'require another execution': already('required'),
  'the first step': 'step-done',
  'the second step': outOfOrder('order-rolled-back'),
  'the last step': outOfOrder('order-rolled-back'),
  'a step of another execution': OTHER,
  'a failed attempt': 'retrying',
  'the last failed attempt': 'parked',
  'a failed attempt of another execution': OTHER,
  resume: already('required'),
}

const ANSWERS: Readonly<Record<StatusName, Answers>> = {
  unknown: {
    'require again': 'required',
    'require another execution': 'required',
    'the first step': 'unknown-id',
    'the second step': 'unknown-id',
    'the last step': 'unknown-id',
    'a step of another execution': 'unknown-id',
    'a failed attempt': 'unknown-id',
    'the last failed attempt': 'unknown-id',
    'a failed attempt of another execution': 'unknown-id',
    resume: 'unknown-id',
  },
  required: REQUIRED,
  'required, one step done': {
    ...REQUIRED,
    'the first step': already('required'),
    'the second step': 'step-done',
    'the last step': outOfOrder('units-restored'),
  },
  parked: {
    ...REQUIRED,
    'require again': already('parked'),
    'require another execution': already('parked'),
    'a failed attempt': already('parked'),
    'the last failed attempt': already('parked'),
    resume: 'resumed',
  },
  done: {
    ...REQUIRED,
    'require again': already('done'),
    'require another execution': already('done'),
    'the first step': already('done'),
    'the second step': already('done'),
    'the last step': already('done'),
    'a failed attempt': already('done'),
    'the last failed attempt': already('done'),
    resume: already('done'),
  },
}

/** Every command on a compensation in every status. */
export const EVERY_COMPENSATION_COMMAND: readonly Case<CompensationStore>[] = (
  Object.keys(REACHED) as StatusName[]
).flatMap((status) =>
  (Object.keys(COMMANDS) as CommandName[]).map((name) =>
    compensationScene(`${status}: ${name}`, async (scenario) => {
      for (const command of REACHED[status]) await scenario.apply(command)
      await scenario.expect(COMMANDS[name], ANSWERS[status][name])
    }),
  ),
)

/** Attempts, leases and lists. */
export const COMPENSATION_CASES: readonly Case<CompensationStore>[] = [
  compensationScene('an attempt that failed comes again at the very instant', async (scenario) => {
    await scenario.apply(required('order'))
    assertSame(await scenario.take(5, 1), ['order'], 'due at once:')
    await scenario.apply(fail('order'))
    scenario.clock.pass(MINUTE - 1)
    assertSame(await scenario.take(5, 1), [], 'due before the wait is over:')
    scenario.clock.pass(1)
    assertSame(await scenario.take(5, 1), ['order'], 'due after the wait:')
  }),
  compensationScene(
    'a step that is done leaves the next one due at once, with a fresh budget',
    async (scenario) => {
      await scenario.apply(required('order'))
      await scenario.apply(fail('order', 2))
      await scenario.apply(step('order', 'order-rolled-back'))
      assertSame(await scenario.take(5, HOUR), ['order'], 'due:')
      await scenario.expect(fail('order', 2), 'retrying')
      await scenario.expect(fail('order', 2), 'parked')
    },
  ),
  compensationScene(
    'what is parked waits for an operator, and is due again once resumed',
    async (scenario) => {
      await scenario.apply(required('order'))
      await scenario.apply(fail('order', 1))
      scenario.clock.pass(HOUR)
      assertSame(await scenario.take(5, 1), [], 'due while parked:')
      await scenario.apply(resume('order'))
      assertSame(await scenario.take(5, 1), ['order'], 'due once resumed:')
    },
  ),
  compensationScene('a lease keeps others away until the very instant', async (scenario) => {
    await scenario.apply(required('order'))
    assertSame(await scenario.take(5, MINUTE), ['order'], 'taken:')
    scenario.clock.pass(MINUTE - 1)
    assertSame(await scenario.take(5, MINUTE), [], 'taken under the lease:')
    scenario.clock.pass(1)
    assertSame(await scenario.take(5, MINUTE), ['order'], 'taken after the lease:')
  }),
  compensationScene('a command that changed nothing leaves the lease', async (scenario) => {
    await scenario.apply(required('order'))
    await scenario.take(5, MINUTE)
    await scenario.expect(step('order', 'notified'), 'out-of-order')
    assertSame(await scenario.take(5, MINUTE), [], 'taken under the lease:')
  }),
  compensationScene('as many are taken as were asked for, and each by one worker', async (scenario) => {
    const orders = Array.from({ length: 9 }, (_, index) => `order ${index}`)
    for (const order of orders) await scenario.apply(required(order))
    const first = await scenario.take(4, MINUTE)
    const rest = await scenario.take(100, MINUTE)
    assertSame([...first, ...rest].sort(), orders, 'taken, each once:')
  }),
  compensationScene('workers that take at once take different ones', async (scenario) => {
    const orders = Array.from({ length: 9 }, (_, index) => `order ${index}`)
    for (const order of orders) await scenario.apply(required(order))
    const taken = await Promise.all([1, 2, 3].map(() => scenario.store.takeCompensations(3, MINUTE)))
    assertSame(
      taken
        .flat()
        .map(({ order }) => order)
        .sort(),
      orders,
      'taken, each once:',
    )
  }),
  compensationScene('they are listed by status, in pages of any size', async (scenario) => {
    for (const order of ['a', 'b', 'c', 'd', 'e']) await scenario.apply(required(order))
    for (const order of ['b', 'd']) await scenario.apply(fail(order, 1))
    for (const done of ['order-rolled-back', 'units-restored', 'notified'] as const)
      await scenario.apply(step('c', done))
    for (const limit of [1, 2, 100]) {
      const listed = async (status?: CompensationState['status']) =>
        (await scenario.all(status, limit)).map(({ order }) => order)
      assertSame(await listed(), ['a', 'b', 'c', 'd', 'e'], `all in pages of ${limit}:`)
      assertSame(await listed('parked'), ['b', 'd'], `parked in pages of ${limit}:`)
      assertSame(await listed('done'), ['c'], `done in pages of ${limit}:`)
      assertSame(await listed('required'), ['a', 'e'], `required in pages of ${limit}:`)
    }
  }),
  compensationScene('an unknown order has none', async (scenario) => {
    assertSame(await scenario.store.readCompensation('nobody'), null, 'read:')
  }),
  compensationScene('orders with names of every kind have logs of their own', async (scenario) => {
    for (const order of [
      'a',
      'A',
      'a ',
      'a\0',
      'a\0b',
      'é',
      'e\u0301',
      '😀',
      '{a}',
      'a:b',
      '__proto__',
      '01',
      '1',
    ]) {
      await scenario.expect({ ...required(order), reason: order } as CompensationCommand, 'required')
    }
  }),
  compensationScene('what is told of it is kept to the letter', async (scenario) => {
    await scenario.apply(required('order'))
    await scenario.apply({ ...fail('order'), error: 'a\0b "quoted" 😀' } as CompensationCommand)
    const state = await scenario.store.readCompensation('order')
    assertSame(
      state?.status === 'required' && [
        state.lastError,
        state.attempts,
        state.nextAttemptAt,
        state.requiredAt,
      ],
      ['a\0b "quoted" 😀', 1, START + MINUTE, START],
      'read:',
    )
  }),
]

const COMMAND: fc.Arbitrary<CompensationCommand> = fc
  .record({
    order: fc.constantFrom('a', 'b', 'c'),
    name: fc.constantFrom(...(Object.keys(COMMANDS) as CommandName[])),
  })
  .map(({ order, name }) => ({ ...COMMANDS[name], order }))

const STEP = fc.record({
  pass: fc.constantFrom(0, 0, 1, MINUTE),
  command: COMMAND,
  take: fc.option(fc.record({ limit: fc.constantFrom(1, 5), leaseMs: fc.constantFrom(1, MINUTE) })),
})

/** Generated histories of commands and workers. */
export const COMPENSATION_HISTORIES: readonly Case<CompensationStore>[] = [
  {
    name: 'generated histories end as in the reference',
    needs: [],
    run: (kit) =>
      checkProperty(
        kit,
        {
          name: 'compensations',
          runs: kit.figures.histories,
          inputs: fc.array(STEP, { maxLength: kit.figures.steps, size: 'max' }),
        },
        (steps) =>
          CompensationScenario.play(kit, async (scenario) => {
            for (const { pass, command, take } of steps) {
              scenario.clock.pass(pass)
              await scenario.apply(command)
              if (take !== null) await scenario.take(take.limit, take.leaseMs)
            }
          }),
      ),
  },
]
