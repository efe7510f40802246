import { OrderDesk } from '@holdfast/core'
import { openPlace } from './open-place.js'

// A shop of its own process: sells, settles and expires until it is killed. Tells each order that was acknowledged; a
// line that ends with a full stop was told whole.

const [place, name] = process.argv.slice(2) as [string, string]

const desk = new OrderDesk({
  store: await openPlace(place),
  policy: {
    holdFor: { milliseconds: 40 },
    limits: [{ id: 'lots', per: 'user', scope: 'sku', max: 1_000 }],
    unpaidOrder: { per: 'user', scope: 'shop' },
  },
})
await desk.restock({ id: 'opening', sku: 'PHONE', quantity: 100_000 })

async function buy(caller: number): Promise<never> {
  for (let turn = 0; ; turn++) {
    const id = `${name}-${caller}-${turn}`
    const placed = await desk.place({
      id,
      buyer: { user: `${name} ${caller}` },
      lines: [{ sku: 'PHONE', quantity: 1 + (turn % 3) }],
    })
    if (!placed.ok) continue
    if (turn % 3 === 0) {
      const paid = await desk.recordPayment({ orderId: id, paymentId: `payment of ${id}` })
      if (paid.ok) process.stdout.write(`paid ${id} .\n`)
    } else if (turn % 3 === 1) {
      // On a slow machine the hold may be over by now.
      const cancelled = await desk.cancel({ orderId: id, by: 'seller' })
      if (cancelled.ok) process.stdout.write(`cancelled ${id} .\n`)
    } else process.stdout.write(`placed ${id} .\n`)
  }
}

await Promise.all(Array.from({ length: 50 }, (_, caller) => buy(caller)))
