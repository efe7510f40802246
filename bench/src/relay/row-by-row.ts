import { partitionOf } from '@holdfast/kafka-adapter'
import type { Knex } from 'knex'
import { backlog } from './backlog.js'
import type { Drain } from './drain-contender.js'
import { type KafkaServer, PARTITIONS } from './kafka-server.js'

/** A polling relay as it is written first: the oldest row, locked; sent; deleted; the next. */
export async function openRowByRow(knex: Knex, server: KafkaServer, topic: string): Promise<Drain> {
  await knex.schema.createTable('outbox', (table) => {
    table.bigIncrements('seq')
    table.text('key').notNullable()
    table.text('payload').notNullable()
  })
  const producer = server.kafkajs().producer({ allowAutoTopicCreation: false })
  await producer.connect()
  let sent = 0
  return {
    get sent() {
      return sent
    },
    async fill(from, count) {
      const rows = backlog(from, count).map(({ key, payload }) => ({ key, payload }))
      await knex.batchInsert('outbox', rows, 2_000)
    },
    drain: () =>
      knex.transaction(async (trx) => {
        const row = await trx('outbox').orderBy('seq').first().forUpdate()
        if (row === undefined) return false
        const { seq, key, payload } = row
        const partition = partitionOf(key, PARTITIONS)
        await producer.send({ topic, acks: -1, messages: [{ key, value: payload, partition }] })
        await trx('outbox').where({ seq }).delete()
        sent++
        return true
      }),
    async close() {
      await producer.disconnect()
      await knex.destroy()
    },
  }
}
