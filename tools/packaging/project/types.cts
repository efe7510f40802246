import core = require('@holdfast/core')

async function buy(): Promise<core.PlaceResult> {
  const desk: core.OrderDesk = new core.OrderDesk({
    store: new core.MemoryStore(),
    policy: { holdFor: { minutes: 15 }, unpaidOrder: { per: 'user', scope: 'sku' } },
  })
  return desk.place({ buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] })
}

void buy()
