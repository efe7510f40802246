import { Relay } from '@holdfast/core'
import { fromKafkajs } from '@holdfast/kafka-adapter'
import { SqlOutbox } from '@holdfast/sql-adapter'
import type { Contender, OpenLoop, Stand } from '../contender.js'
import type { DatabaseServer } from '../sql/database-server.js'
import { Arrivals } from './arrivals.js'
import { type BacklogMessage, backlog } from './backlog.js'
import { bareKafkajs } from './bare-clients.js'
import { readyRecord } from './bare-producer.js'
import type { KafkaServer } from './kafka-server.js'
import { messageOf } from './relay-drain.js'

const PER_SECOND = 1_000

/** One message a call, answered when it has come to a consumer. */
interface Sending {
  /** Whether each comes once and those of a key in order: a bare client that tries again promises neither. */
  readonly isInOrder: boolean
  /** Resolves when the message is on its way for good: committed, or handed to the client. */
  send(message: BacklogMessage): Promise<void>
  close(): Promise<void>
}

/** From the commit to a consumer, and from the send of a client alone, at 1,000 messages a second. */
export function latencyLoops(database: DatabaseServer, server: KafkaServer): readonly OpenLoop[] {
  const loop = (name: string, open: (topic: string) => Promise<Sending>): OpenLoop => {
    const contender: Contender = {
      ...{ engine: 'kafka', name, unit: 'messages/s' },
      open: async () => {
        const topic = await server.newTopic()
        return standOf(await open(topic), await Arrivals.of(server, topic))
      },
    }
    return { contender, perSecond: PER_SECOND }
  }
  return [
    loop('bare producer (1,000/s)', (topic) => openBare(server, topic)),
    loop('relay (1,000/s)', (topic) => openRelayed(database, server, topic)),
  ]
}

function standOf(sending: Sending, arrivals: Arrivals): Stand {
  let sent = 0
  return {
    // While it warms up.
    callers: 50,
    async call(begins) {
      const n = sent++
      const [message] = backlog(n, 1) as readonly [BacklogMessage]
      const arrived = arrivals.of(n)
      await sending.send(message)
      begins?.()
      await arrived
      return 1
    },
    checkLaws: async () => arrivals.check(sent, sending.isInOrder),
    async close() {
      await sending.close()
      await arrivals.close()
    },
  }
}

async function openBare(server: KafkaServer, topic: string): Promise<Sending> {
  const client = await bareKafkajs(server, topic)
  const underWay = new Set<Promise<void>>()
  return {
    isInOrder: false,
    async send(message) {
      const sending = client.send([readyRecord(message)])
      underWay.add(sending)
      void sending.finally(() => underWay.delete(sending))
    },
    async close() {
      await Promise.all(underWay)
      await client.close()
    },
  }
}

/** A relay that nobody wakes: what commits elsewhere it must find by itself. */
async function openRelayed(database: DatabaseServer, server: KafkaServer, topic: string): Promise<Sending> {
  const knex = await database.connect()
  const outbox = new SqlOutbox(knex)
  await outbox.migrate()
  const publisher = fromKafkajs(server.kafkajs()).publisher()
  const relay = new Relay({ outbox, publisher, topicOf: () => topic })
  await relay.start()
  return {
    isInOrder: true,
    send: (message) => knex.transaction((trx) => outbox.write(trx, [messageOf(message)])),
    async close() {
      await relay.close()
      await publisher.close()
      await knex.destroy()
    },
  }
}
