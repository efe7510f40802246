import { isHoldfastError, type OrderDesk } from '@holdfast/core'
import express, { type ErrorRequestHandler, type Express } from 'express'
import type { Knex } from 'knex'
import { BadCart } from './cart.js'
import { checkout, checkoutOfHotSku } from './checkout.js'
import { cancelling, orderPage, paymentWebhook } from './orders.js'

export function createApp(db: Knex, desk: OrderDesk): Express {
  const app = express()
  app.use(express.json())
  app.get('/stock/:sku', async (req, res) => {
    const account = await desk.availability({ sku: req.params.sku })
    if (account === null) res.status(404).end()
    else res.json({ sellable: account.sellable, reserved: account.reserved, sold: account.sold })
  })
  app.post('/checkout', checkout(db, desk))
  app.post('/checkout/hot', checkoutOfHotSku(desk))
  app.get('/orders/:id', orderPage(db, desk))
  app.post('/orders/:id/cancel', cancelling(db, desk))
  app.post('/webhooks/payment', paymentWebhook(db, desk))
  app.use(broken)
  return app
}

/** "No" was answered above; what comes here is broken. The buyer may send the same cart again: it buys once. */
const broken: ErrorRequestHandler = (error, _req, res, _next) => {
  if (error instanceof BadCart) {
    res.status(400).json({ error: error.message })
  } else if (isHoldfastError(error, 'invalid-argument')) {
    res.status(400).json({ error: error.message, path: error.path })
  } else if (isHoldfastError(error, 'overloaded') || isHoldfastError(error, 'closed')) {
    res
      .status(503)
      .set('Retry-After', String(Math.ceil((error.retryAfterMs ?? 1_000) / 1_000)))
      .end()
  } else if (error instanceof Error && 'status' in error && typeof error.status === 'number') {
    res.status(error.status).json({ error: error.message })
  } else {
    console.error(error)
    res.status(500).json({ error: 'something broke: send the same cart again, it buys once' })
  }
}
