import { EventConsumer } from '@holdfast/core'
import { fromKafkajs } from '@holdfast/kafka-adapter'
import { SqlInbox } from '@holdfast/sql-adapter'
import { type DeathAt, dyingAt } from './dying.js'
import { kafkaAt, knexAt, type Place } from './place.js'

export interface ConsumerProcess extends Place {
  readonly groupId: string
  readonly death: DeathAt | null
}

/** The shortest that a broker allows if nobody changed it, ms: a member that died is missed after so long. */
const SESSION_MS = 6_000

const { databaseUrl, brokers, topic, groupId, death }: ConsumerProcess = JSON.parse(process.argv[2] ?? '')

const knex = knexAt(databaseUrl)
const source = fromKafkajs(kafkaAt(brokers)).source({ groupId, sessionTimeoutMs: SESSION_MS })
const consumer = new EventConsumer({
  source,
  inbox: dyingAt(new SqlInbox(knex), death),
  topics: [topic],
  batchLimit: 20,
  // Processes die here on purpose: no message is to blame.
  attempts: 1_000,
})
consumer.on('thing.changed', async ({ subject, headers }, { trx }) => {
  await trx('handled').insert({ key: subject, version: Number(headers.version) })
})
consumer.on('error', (error) => console.log(`error ${error instanceof Error ? error.message : error}`))
await consumer.start()
console.log('consumes')

process.once('SIGTERM', async () => {
  await consumer.close()
  await knex.destroy()
  process.exit(0)
})
