import type { OrderCommand, OrderStatus } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { confirm, HOLD_MS, release, reserve, supply, sweep, units } from '../scenario/commands.js'
import { refund, reject, submit } from './order-commands.js'
import {
  type ExpectedOfOrder,
  type OrderAndReservationStore,
  type OrderScenario,
  orderScene,
} from './order-scenario.js'

const ID = 'order'

type Reach = (scenario: OrderScenario) => Promise<void>

const placed: Reach = (scenario) => scenario.apply(supply(5), reserve(ID))

const STATUSES = {
  unknown: async () => {},
  queued: async (scenario) => {
    await scenario.applyToOrders(submit(ID))
  },
  'awaiting payment': placed,
  'queued, then placed': async (scenario) => {
    await scenario.applyToOrders(submit(ID))
    await placed(scenario)
  },
  paid: async (scenario) => {
    await placed(scenario)
    await scenario.apply(confirm(ID))
  },
  rejected: async (scenario) => {
    await scenario.applyToOrders(submit(ID), reject(ID))
  },
  cancelled: async (scenario) => {
    await placed(scenario)
    await scenario.apply(release(ID, 'buyer'))
  },
  'cancelled as a ticket': async (scenario) => {
    await scenario.applyToOrders(submit(ID))
    await scenario.apply(release(ID, 'buyer'))
  },
  expired: async (scenario) => {
    await placed(scenario)
    scenario.pass(HOLD_MS)
    await scenario.apply(sweep())
  },
  'rolled back unpaid': async (scenario) => {
    await placed(scenario)
    await scenario.apply(release(ID, 'rollback'))
  },
  'rolled back after payment': async (scenario) => {
    await placed(scenario)
    await scenario.apply(confirm(ID), release(ID, 'rollback'))
  },
  'in need of a refund': async (scenario) => {
    await placed(scenario)
    await scenario.apply(release(ID, 'seller'), confirm(ID))
  },
  refunded: async (scenario) => {
    await placed(scenario)
    await scenario.apply(confirm(ID))
    await scenario.applyToOrders(refund(ID))
  },
  tombstoned: (scenario) => scenario.apply(release(ID, 'seller')),
  'rejected, then tombstoned': async (scenario) => {
    await scenario.applyToOrders(submit(ID), reject(ID))
    await scenario.apply(release(ID, 'seller'))
  },
} as const satisfies Record<string, Reach>

const COMMANDS = {
  'submit again': submit(ID),
  'submit for another buyer': submit(ID, { buyer: 'another' }),
  'submit other lines': submit(ID, { units: [units(2)] }),
  reject: reject(ID),
  refund: refund(ID),
  'refund under another id': refund(ID, 'another refund'),
} as const satisfies Record<string, OrderCommand>

type StatusName = keyof typeof STATUSES
type CommandName = keyof typeof COMMANDS
type Answers = Readonly<Record<CommandName, ExpectedOfOrder>>

/** An order that stands at `status`, with what a refund is answered. */
function standing(status: OrderStatus, refunded: ExpectedOfOrder): Answers {
  return {
    'submit again': { kind: 'replayed', status },
    'submit for another buyer': { kind: 'id-reused', differs: ['buyer'] },
    'submit other lines': { kind: 'id-reused', differs: ['lines'] },
    reject: { kind: 'already', status },
    refund: refunded,
    'refund under another id': refunded,
  }
}

function unpaid(status: OrderStatus): Answers {
  return standing(status, { kind: 'not-paid', status })
}

const UNKNOWN: Answers = {
  'submit again': 'queued',
  'submit for another buyer': 'queued',
  'submit other lines': 'queued',
  reject: 'unknown-id',
  refund: 'unknown-id',
  'refund under another id': 'unknown-id',
}

/** The id was released before an order came to be under it. */
const TAKEN = {
  'submit again': 'tombstoned',
  'submit for another buyer': 'tombstoned',
  'submit other lines': 'tombstoned',
} as const

const ANSWERS: Readonly<Record<StatusName, Answers>> = {
  unknown: UNKNOWN,
  queued: { ...unpaid('queued'), reject: 'rejected' },
  'awaiting payment': unpaid('awaiting-payment'),
  'queued, then placed': unpaid('awaiting-payment'),
  paid: standing('paid', 'refunded'),
  // Refusals are not remembered: a rejected ticket may be queued again, as anything.
  rejected: {
    ...unpaid('rejected'),
    'submit again': 'queued',
    'submit for another buyer': 'queued',
    'submit other lines': 'queued',
  },
  cancelled: unpaid('cancelled'),
  'cancelled as a ticket': unpaid('cancelled'),
  expired: unpaid('expired'),
  'rolled back unpaid': unpaid('rolled-back'),
  'rolled back after payment': standing('rolled-back', 'refunded'),
  'in need of a refund': standing('refund-required', 'refunded'),
  refunded: {
    ...standing('refunded', { kind: 'already', status: 'refunded' }),
    'refund under another id': { kind: 'refund-differs', refund: 'refund' },
  },
  tombstoned: { ...UNKNOWN, ...TAKEN },
  'rejected, then tombstoned': { ...unpaid('rejected'), ...TAKEN },
}

/** Every command on an order in every status. */
export const EVERY_ORDER_COMMAND_BY_STATUS: readonly Case<OrderAndReservationStore>[] = (
  Object.keys(STATUSES) as StatusName[]
).flatMap((status) =>
  (Object.keys(COMMANDS) as CommandName[]).map((name) =>
    orderScene(`${status}: ${name}`, async (scenario) => {
      const reach: Reach = STATUSES[status]
      await reach(scenario)
      await scenario.expectOfOrder(COMMANDS[name], ANSWERS[status][name])
    }),
  ),
)
