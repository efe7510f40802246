import { isHoldfastError, type OrderDesk, type RefusedResult, toProblem } from '@holdfast/core'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import type { Knex } from 'knex'
import * as schemas from './schemas.js'

/** What a buyer sends. The order's id was made when the cart was shown, so that sending it twice buys once. */
interface Cart {
  readonly orderId: string
  readonly userId: string
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
  /** In cents. */
  readonly total: number
}

interface Payment {
  readonly orderId: string
  readonly paymentId: string
}

/** The shop's HTTP interface. Who the buyer is, and whether a payment is one, would be checked before. */
export function createApp(db: Knex, desk: OrderDesk): FastifyInstance {
  const app = fastify()

  app.post<{ Body: Cart }>('/checkout', { schema: { body: schemas.cart } }, async (request, reply) => {
    const { orderId, userId, lines, total } = request.body
    const placed = await db.transaction(async (trx) => {
      await trx('orders').insert({ id: orderId, user_id: userId, total }).onConflict('id').ignore()
      // It holds the stock rows until the commit: as late as can be.
      const placed = await desk
        .within(trx)
        .place({ id: orderId, buyer: { user: userId, ip: request.ip }, lines })
      const row = trx('orders').where({ id: orderId, user_id: userId })
      if (placed.ok) await row.update({ status: placed.order.status })
      // An order that stands under this id already keeps its own.
      else await row.whereNull('status').update({ status: placed.reason })
      return placed
    })
    if (!placed.ok) return refuse(reply, placed)
    return reply.code(201).send({ payBy: placed.order.payBy })
  })

  // The payment provider's webhook: it may come twice, late, or for an order that another payment has paid.
  app.post<{ Body: Payment }>('/payments', { schema: { body: schemas.payment } }, async (request, reply) => {
    const { orderId, paymentId } = request.body
    const refund = `refund-${paymentId}`
    const paid = await db.transaction(async (trx) => {
      const paid = await desk.within(trx).recordPayment({ orderId, paymentId })
      if (paid.ok) {
        await trx('orders').where({ id: orderId }).update({ status: paid.status })
      } else if (paid.reason === 'refund-required') {
        // Whoever asks the provider for it gives it this id: asked again, it is still one refund.
        await trx('refunds')
          .insert({ id: refund, order_id: orderId, payment_id: paymentId, why: paid.why.reason })
          .onConflict('id')
          .ignore()
      }
      return paid
    })
    if (paid.ok) return { status: paid.status }
    if (paid.reason === 'refund-required') return { refund, why: paid.why.reason }
    return refuse(reply, paid)
  })

  /** The order as it is now, beside the shop's own rows. */
  app.get<{ Params: { readonly id: string } }>('/orders/:id', async (request, reply) => {
    const { id } = request.params
    const [order, [row], refunds] = await Promise.all([
      desk.order(id),
      db('orders').where({ id }),
      db('refunds').where({ order_id: id }).orderBy('id'),
    ])
    if (row === undefined) return refuse(reply, { ok: false, reason: 'unknown-order' })
    return { order, row, refunds }
  })

  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
    if (isHoldfastError(error, 'invalid-argument')) {
      return reply.code(400).send({ error: error.message, path: error.path })
    }
    if (
      isHoldfastError(error, 'overloaded') ||
      isHoldfastError(error, 'closed') ||
      isHoldfastError(error, 'transaction-aborted')
    ) {
      const seconds = Math.ceil((error.retryAfterMs ?? 1_000) / 1_000)
      return reply.code(503).header('retry-after', seconds).send({ error: 'send the same again later' })
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return reply.code(error.statusCode).send({ error: error.message })
    }
    console.error(error)
    return reply.code(500).send({ error: 'something broke: send the same again, it buys once' })
  })
  return app
}

/** RFC 9457: which line is short, which order is unpaid, … */
function refuse(reply: FastifyReply, refused: RefusedResult) {
  const problem = toProblem(refused)
  return reply.code(problem.status).type('application/problem+json').send(problem)
}
