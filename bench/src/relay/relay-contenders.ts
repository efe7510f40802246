import { fromKafkajs, fromPlatformatic, type KafkaSending } from '@holdfast/kafka-adapter'
import * as platformaticClient from '@platformatic/kafka'
import type { Contender, Engine } from '../contender.js'
import { connectTo } from '../sql/connect.js'
import type { DatabaseServer } from '../sql/database-server.js'
import { bareKafkajs, barePlatformatic } from './bare-clients.js'
import { BareProducer } from './bare-producer.js'
import { type DrainContender, drainContender } from './drain-contender.js'
import type { KafkaServer } from './kafka-server.js'
import { openPgTransactionalOutbox } from './pg-transactional-outbox.js'
import { openRelay } from './relay-drain.js'
import { openRowByRow } from './row-by-row.js'

const BACKLOG = 100_000
const FEW = 50_000
const MANY = 1_000_000
/** How many messages warm up what is measured afterwards. */
const WARM_UP = 20_000

/** What drains the same backlog: 500 bytes a message, 1,000 keys, 12 partitions. */
export function relayContenders(
  database: DatabaseServer,
  server: KafkaServer,
  scale: number,
): readonly Contender[] {
  const contender = (
    engine: Engine,
    name: string,
    open: DrainContender['open'],
    { messages = BACKLOG, mostRounds }: { messages?: number; mostRounds?: number } = {},
  ) =>
    drainContender({
      engine,
      name,
      server,
      open,
      messages: messages * scale,
      warmUp: WARM_UP * scale,
      ...(mostRounds === undefined ? {} : { mostRounds }),
    })
  const kafkajs = fromKafkajs(server.kafkajs())
  const connection = { clientId: 'bench', bootstrapBrokers: server.brokers }
  const platformatic = fromPlatformatic(platformaticClient, connection)
  const relay =
    (kafka: KafkaSending): DrainContender['open'] =>
    async (topic) =>
      openRelay(await database.connect(), kafka.publisher(), topic)
  return [
    contender('kafka', 'bare producer', async (topic) => new BareProducer(await bareKafkajs(server, topic))),
    contender('kafka', 'relay', relay(kafkajs)),
    contender('kafka', 'row by row', async (topic) => openRowByRow(await database.connect(), server, topic)),
    contender('kafka', 'pg-transactional-outbox', async (topic) => {
      const place = await database.databaseOfTurn()
      return openPgTransactionalOutbox(connectTo(place), place.url, server, topic)
    }),
    contender('kafka-platformatic', 'bare producer', async (topic) => {
      return new BareProducer(await barePlatformatic(server, topic))
    }),
    contender('kafka-platformatic', 'relay', relay(platformatic)),
    contender('kafka', 'relay (50,000)', relay(kafkajs), { messages: FEW, mostRounds: 2 }),
    contender('kafka', 'relay (million)', relay(kafkajs), { messages: MANY, mostRounds: 2 }),
  ]
}
