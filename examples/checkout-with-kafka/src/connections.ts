import { once } from 'node:events'
import type { TopicOf } from '@holdfast/core'
import { fromKafkajs, type KafkaConnection } from '@holdfast/kafka-adapter'
import { Kafka, logLevel } from 'kafkajs'
import createKnex, { type Knex } from 'knex'

export function openDatabase(connection = 'postgres://postgres@127.0.0.1/shop'): Knex {
  return createKnex({ client: 'pg', connection, pool: { min: 0, max: 10 } })
}

export function openKafka(brokers = '127.0.0.1:9092'): KafkaConnection {
  // What matters of its trouble is told by the relay and the consumer.
  return fromKafkajs(new Kafka({ clientId: 'shop', brokers: brokers.split(','), logLevel: logLevel.NOTHING }))
}

/** `shop.order`, `shop.reservation`, … */
export function topicsOf(shop: string): TopicOf {
  return ({ aggregate }) => `${shop}.${aggregate}`
}

/** Resolves when this process is asked to end. */
export function stopped(): Promise<unknown> {
  return Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
}
