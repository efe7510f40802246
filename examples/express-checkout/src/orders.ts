import { type OrderDesk, toProblem } from '@holdfast/core'
import type { RequestHandler } from 'express'
import type { Knex } from 'knex'

/** The payment provider's webhook. It may come twice, late, or after a cancel: the answer says what to do. */
export function paymentWebhook(db: Knex, desk: OrderDesk): RequestHandler {
  return async (req, res) => {
    const { orderId, paymentId } = req.body ?? {}
    const paid = await db.transaction(async (trx) => {
      const paid = await desk.within(trx).recordPayment({ orderId, paymentId })
      if (paid.ok) await trx('orders').where({ id: orderId }).update({ status: paid.status })
      return paid
    })
    if (paid.ok) res.json({ status: paid.status })
    // A shop would ask its provider for the refund here, under an idempotency key of its own: `refund-<paymentId>`.
    else if (paid.reason === 'refund-required') res.json({ refund: paymentId, why: paid.why.reason })
    else res.status(404).type('application/problem+json').json(toProblem(paid))
  }
}

export function cancelling(db: Knex, desk: OrderDesk): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { id } = req.params
    const cancelled = await db.transaction(async (trx) => {
      // Only its buyer may; a shop would ask the session who that is.
      const [own] = await trx('orders').where({ id, user_id: String(req.body?.userId) })
      if (own === undefined) return { ok: false, id, reason: 'unknown-order' } as const
      const cancelled = await desk.within(trx).cancel({ orderId: id, by: 'buyer' })
      if (cancelled.ok) await trx('orders').where({ id }).update({ status: cancelled.status })
      return cancelled
    })
    if (cancelled.ok) {
      res.json({ status: cancelled.status })
      return
    }
    const problem = toProblem(cancelled)
    res.status(problem.status).type('application/problem+json').json(problem)
  }
}

/** The order as it is now, beside the shop's own row. */
export function orderPage(db: Knex, desk: OrderDesk): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { id } = req.params
    const [order, [row]] = await Promise.all([desk.order(id), db('orders').where({ id })])
    if (order === null && row === undefined) res.status(404).end()
    else res.json({ order, row: row ?? null })
  }
}
