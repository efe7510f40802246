/** A first purchase, as the README shows it. @param {any} OrderDesk @param {any} store */
module.exports = async function buy(OrderDesk, store) {
  const desk = new OrderDesk({
    store,
    policy: {
      holdFor: { minutes: 15 },
      limits: [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 }],
      unpaidOrder: { per: 'user', scope: 'sku' },
    },
  })
  await desk.restock({ id: 'delivery-1', sku: 'PHONE', quantity: 100 })
  const placed = await desk.place({
    id: 'order-1',
    buyer: { user: 'ada' },
    lines: [{ sku: 'PHONE', quantity: 1 }],
  })
  const again = await desk.place({ buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] })
  const paid = await desk.recordPayment({ orderId: 'order-1', paymentId: 'pi_1' })
  const { available, reserved, sold } = await desk.availability({ sku: 'PHONE' })
  await desk.close()
  console.log(JSON.stringify([placed.ok, again.reason, paid.ok, available, reserved, sold]))
}
