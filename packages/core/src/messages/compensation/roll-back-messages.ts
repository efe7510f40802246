import * as z from 'zod'
import type { OrderDesk } from '../../desk/order-desk.js'
import { idSchema, reasonSchema } from '../../input/fields.js'
import { parse } from '../../input/parse.js'
import type { InboxTransaction } from '../../port/inbox.js'
import type { Message } from '../../port/message.js'
import type { EventConsumer } from '../consumer/event-consumer.js'
import type { ReceivedMessage } from '../envelope.js'

const REQUIRED = 'rollback.required'
/** A reason is kept with the order: what an error says may be longer. */
const LONGEST_REASON = 512

const requestSchema = z.object({
  orderId: idSchema,
  /** Of an order that its own service may not know yet. */
  home: z.string().optional(),
  reason: reasonSchema,
  execution: idSchema,
})

/** Whether what a later step needs of an order could be done. */
export type Deduction =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly home?: string | undefined }

/**
 * A later step of an order in another service: where it refuses, or fails past its attempts, a message asks the order's
 * service to roll the order back. A refusal must have written nothing.
 *
 * @param type of the messages that the step is due for, with the order's id for their key: `order.paid`
 */
export function deductOn<Transaction>(
  events: EventConsumer<Transaction>,
  type: `${string}.${string}`,
  deduct: (
    event: ReceivedMessage,
    transaction: InboxTransaction<Transaction>,
  ) => Promise<Deduction> | Deduction,
): void {
  events.on(
    type,
    async (event, transaction) => {
      const deduction = await deduct(event, transaction)
      if (!deduction.ok) await transaction.send(requestOf(event, deduction.reason, deduction.home))
    },
    { givenUp: (event, { send }, reason) => send(requestOf(event, reason, undefined)) },
  )
}

/**
 * The order's service: rolls back what others ask for. Repeated, or asked for by another while it is under way, it is done
 * once; the order's log, its units, limits and guard, and the notices follow from the compensation.
 */
export function rollBackOn<Transaction>(events: EventConsumer<Transaction>, desk: OrderDesk): void {
  events.on(REQUIRED, async ({ data }) => {
    const request = parse(requestSchema, data, 'data')
    const rolledBack = await desk.rollBack(request)
    // Its order is on its way here, behind this: it is asked for again.
    if (!rolledBack.ok) throw new Error(`order ${request.orderId} is not known`)
  })
}

function requestOf(
  { id, subject, headers }: ReceivedMessage,
  why: string,
  home: string | undefined,
): Message {
  const { traceparent } = headers
  const request = {
    orderId: subject,
    home,
    reason: why.slice(0, LONGEST_REASON) || 'no reason',
    execution: executionOf(id),
  }
  return {
    // The same each time that the same message is refused.
    id: `${executionOf(id)}/rollback`,
    aggregate: 'rollback',
    key: subject,
    type: REQUIRED,
    payload: JSON.stringify(request),
    at: Date.now(),
    headers: traceparent === undefined ? {} : { traceparent },
  }
}

/** Leaves room for what is made of it. */
function executionOf(id: string): string {
  return id.slice(0, 100)
}
