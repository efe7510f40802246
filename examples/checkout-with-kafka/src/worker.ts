import { DeskWorker } from '@holdfast/core'
import { openDatabase, openKafka, stopped, topicsOf } from './connections.js'
import { openDesk } from './desk.js'

const { DATABASE_URL, KAFKA_BROKERS, SHOP = 'shop' } = process.env

const db = openDatabase(DATABASE_URL)
const desk = openDesk(db)
const publisher = openKafka(KAFKA_BROKERS).publisher()
const worker = new DeskWorker(desk, {
  publisher,
  // So long its successor waits, where it is killed.
  relay: { topicOf: topicsOf(SHOP), leaseFor: { seconds: 5 } },
})
worker.on('message-parked', ({ message, reason }) => console.error(`${message.id} is parked: ${reason}`))
worker.on('error', (error) => console.error(error))
await worker.start()
console.log('the worker expires and relays')

await stopped()
await worker.close()
await publisher.close()
await desk.close()
await db.destroy()
