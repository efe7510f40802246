import { partitionOf } from '@holdfast/kafka-adapter'
import type { Knex } from 'knex'
import { DatabaseSetup, getDisabledLogger, initializePollingMessageListener } from 'pg-transactional-outbox'
import { backlog } from './backlog.js'
import type { Drain } from './drain-contender.js'
import { type KafkaServer, PARTITIONS } from './kafka-server.js'

const SETTINGS = {
  dbSchema: 'public',
  dbTable: 'outbox',
  nextMessagesFunctionName: 'next_outbox_messages',
  // Its default is 5 every 500 ms. One message of each segment is handed out at a time.
  nextMessagesBatchSize: 200,
  nextMessagesPollingIntervalInMs: 10,
  nextMessagesLockInMs: 60_000,
  enableMaxAttemptsProtection: false,
  enablePoisonousMessageProtection: false,
}

/** pg-transactional-outbox polling; its segments keep the messages of a key in order. */
export async function openPgTransactionalOutbox(
  knex: Knex,
  url: string,
  server: KafkaServer,
  topic: string,
): Promise<Drain> {
  const setup = {
    outboxOrInbox: 'outbox',
    database: new URL(url).pathname.slice(1),
    schema: SETTINGS.dbSchema,
    table: SETTINGS.dbTable,
    listenerRole: 'postgres',
    nextMessagesName: SETTINGS.nextMessagesFunctionName,
  } as const
  for (const part of ['dropAndCreateTable', 'createPollingFunction', 'setupPollingIndexes'] as const) {
    await knex.raw(DatabaseSetup[part](setup))
  }
  const producer = server.kafkajs().producer({ allowAutoTopicCreation: false })
  await producer.connect()
  const progress = { sent: 0, wanted: 0, underWay: new Set<Promise<unknown>>() }
  const send = async (key: string, value: string) => {
    const partition = partitionOf(key, PARTITIONS)
    await producer.send({ topic, acks: -1, messages: [{ key, value, partition }] })
    progress.sent++
  }
  let stop: (() => Promise<void>) | null = null
  const start = () => {
    const [shutdown] = initializePollingMessageListener(
      { outboxOrInbox: 'outbox', dbListenerConfig: { connectionString: url }, settings: SETTINGS },
      {
        async handle({ aggregateId, payload }) {
          const sending = send(aggregateId, JSON.stringify(payload))
          progress.underWay.add(sending)
          await sending.finally(() => progress.underWay.delete(sending))
        },
      },
      getDisabledLogger(),
      { batchSizeStrategy: async () => SETTINGS.nextMessagesBatchSize },
    )
    return shutdown
  }
  return {
    get sent() {
      return progress.sent
    },
    async fill(from, count) {
      const rows = backlog(from, count).map(({ id, key, payload }) => ({
        id,
        aggregate_type: 'bench',
        aggregate_id: key,
        message_type: 'bench.sent',
        segment: key,
        payload,
      }))
      await knex.batchInsert('outbox', rows, 2_000)
      await knex.raw('analyze outbox')
      progress.wanted = from + count
    },
    async drain() {
      stop ??= start()
      const before = progress.sent
      while (progress.sent === before) {
        if (progress.sent === progress.wanted) return false
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      return true
    },
    async close() {
      await stop?.()
      await Promise.allSettled(progress.underWay)
      await producer.disconnect()
      await knex.destroy()
    },
  }
}
