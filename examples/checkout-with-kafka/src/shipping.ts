import { EventConsumer } from '@holdfast/core'
import { SqlInbox } from '@holdfast/sql-adapter'
import fastify from 'fastify'
import { openDatabase, openKafka, stopped, topicsOf } from './connections.js'

const { DATABASE_URL, KAFKA_BROKERS, SHOP = 'shop', PORT = '3001' } = process.env

const stop = stopped()
const db = openDatabase(DATABASE_URL)
const events = new EventConsumer({
  // So long its successor waits, where it is killed.
  source: openKafka(KAFKA_BROKERS).source({ groupId: `${SHOP}.shipping`, sessionTimeoutMs: 6_000 }),
  inbox: new SqlInbox(db),
  topicOf: topicsOf(SHOP),
})
events.on('order.paid', ({ subject, data }, { trx }) => {
  const { lines } = data as { readonly lines: readonly object[] }
  return trx('shipments').insert({ order_id: subject, lines: JSON.stringify(lines) })
})
events.on('blocked', ({ error }) => console.error('a message is tried again and again:', error))
events.on('error', (error) => console.error(error))

const app = fastify()
app.get<{ Params: { readonly orderId: string } }>('/shipments/:orderId', async (request, reply) => {
  const shipments = await db('shipments').where({ order_id: request.params.orderId })
  return shipments.length === 0 ? reply.code(404).send() : shipments
})
console.log(`shipping is open: ${await app.listen({ port: Number(PORT), host: '127.0.0.1' })}`)
// Who asks is answered, whether Kafka is there or not.
await events.start()

await stop
await app.close()
await events.close()
await db.destroy()
