import { type OrderDesk, toProblem } from '@holdfast/core'
import type { RequestHandler } from 'express'
import type { Knex } from 'knex'
import { readCart } from './cart.js'

/**
 * Places the order within the shop's own transaction: the shop's row and the order stand together or not at all.
 * The stock rows are held until the commit, so `place` comes as late as it can.
 */
export function checkout(db: Knex, desk: OrderDesk): RequestHandler {
  return async (req, res) => {
    const cart = readCart(req.body)
    const placed = await db.transaction(async (trx) => {
      await trx('orders')
        .insert({ id: cart.orderId, user_id: cart.userId, total: cart.total })
        .onConflict('id')
        .ignore()
      const placed = await desk
        .within(trx)
        .place({ id: cart.orderId, buyer: { user: cart.userId, ip: req.ip }, lines: cart.lines })
      const row = trx('orders').where({ id: cart.orderId, user_id: cart.userId })
      if (placed.ok) await row.update({ status: placed.order.status })
      // An order that stands under this id already keeps its own.
      else await row.whereNull('status').update({ status: placed.reason })
      return placed // a refusal is a value: the transaction stays usable and commits what was written
    })
    if (placed.ok) res.status(201).json({ payBy: placed.order.payBy })
    else res.status(409).type('application/problem+json').json(toProblem(placed))
  }
}

/**
 * The same for a SKU that everybody wants at once: the shop's row rides along in the order's own batch, so that a
 * thousand buyers share one commit. What is refused leaves no row.
 */
export function checkoutOfHotSku(desk: OrderDesk): RequestHandler {
  return async (req, res) => {
    const cart = readCart(req.body)
    const placed = await desk.place(
      { id: cart.orderId, buyer: { user: cart.userId, ip: req.ip }, lines: cart.lines },
      {
        rows: [
          {
            table: 'orders',
            values: {
              id: cart.orderId,
              user_id: cart.userId,
              total: cart.total,
              status: 'awaiting-payment',
            },
          },
        ],
      },
    )
    if (placed.ok) res.status(201).json({ payBy: placed.order.payBy })
    else res.status(409).type('application/problem+json').json(toProblem(placed))
  }
}
