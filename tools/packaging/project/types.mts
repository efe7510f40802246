import { isHoldfastError, MemoryStore, OrderDesk, type PlaceResult, toProblem } from '@holdfast/core'
import { fromKafkajs, type TopicToMake } from '@holdfast/kafka-adapter'

const desk: OrderDesk = new OrderDesk({
  store: new MemoryStore(),
  policy: { holdFor: { minutes: 15 }, limits: [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 }] },
})
const placed: PlaceResult = await desk.place({
  buyer: { user: 'ada' },
  lines: [{ sku: 'PHONE', quantity: 1 }],
})
if (!placed.ok) console.log(toProblem(placed).status satisfies number)
else console.log(placed.order.payBy.toISOString())
console.log(isHoldfastError(new Error('not ours')))
// @ts-expect-error a duration is never a bare number
new OrderDesk({ store: new MemoryStore(), policy: { holdFor: 15 } })
const topic: TopicToMake = { topic: 'holdfast.order', partitions: 12 }
console.log(topic, fromKafkajs.length satisfies number)
