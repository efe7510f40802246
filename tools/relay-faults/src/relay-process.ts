import { Relay } from '@holdfast/core'
import { fromKafkajs } from '@holdfast/kafka-adapter'
import { type DeathAt, dyingAt } from './dying.js'
import { kafkaAt, knexAt, outboxOf, type Place } from './place.js'

export interface RelayProcess extends Place {
  readonly leaseMs: number
  readonly death: DeathAt | null
  /** Few at a time show more of what lies between. */
  readonly batchLimit?: number
}

const { databaseUrl, brokers, topic, leaseMs, death, batchLimit }: RelayProcess = JSON.parse(
  process.argv[2] ?? '',
)

const knex = knexAt(databaseUrl)
const relay = new Relay({
  outbox: dyingAt(outboxOf(knex), death),
  publisher: dyingAt(fromKafkajs(kafkaAt(brokers)).publisher(), death),
  topicOf: () => topic,
  leaseFor: { milliseconds: leaseMs },
  batchLimit,
  // Processes die here on purpose: no message is to blame, and none is to be parked for it.
  attempts: 1_000,
})
relay.on('error', (error) => console.log(`error ${error instanceof Error ? error.message : error}`))
relay.on('sent', (count) => console.log(`sent ${count}`))
await relay.start()
console.log('relays')

process.once('SIGTERM', async () => {
  await relay.close()
  await knex.destroy()
  process.exit(0)
})
