import { startKafka } from '../../../tools/services/kafka.js'
import { startPostgres } from '../../../tools/services/postgres.js'
import type { Engine, OpenBench, Ratio } from '../contender.js'
import { halfMessageContenders } from '../relay/half-messages.js'
import { KafkaServer } from '../relay/kafka-server.js'
import { latencyLoops } from '../relay/latency-contenders.js'
import { relayContenders } from '../relay/relay-contenders.js'
import { underWriters } from '../relay/under-writers.js'
import { DatabaseServer } from '../sql/database-server.js'
import { startedServices } from '../started-services.js'

/** An outbox in PostgreSQL, every commit synced, drained to Kafka. */
const openRelayBench: OpenBench = async ({ scale }) => {
  const [postgres, kafka] = await startedServices(startPostgres, startKafka)
  const database = new DatabaseServer('postgres', postgres.url)
  const server = new KafkaServer(kafka)
  return {
    contenders: [
      ...relayContenders(database, server, scale),
      ...underWriters(database, server, scale),
      ...halfMessageContenders(database),
    ],
    ratios: [
      ratio('kafka', 'relay', 'bare producer', 0.65, 0.8),
      ratio('kafka', 'relay', 'pg-transactional-outbox', 20, 40),
      ratio('kafka', 'relay', 'row by row'),
      ratio('kafka-platformatic', 'relay', 'bare producer', 0.5, 0.6),
      ratio('kafka', 'relay (million)', 'relay (50,000)', 0.85, 1),
      ratio('kafka', 'relay (under writers)', 'relay'),
      ratio('postgres', 'writers (relayed)', 'writers'),
      ratio('postgres', 'half message', 'outbox row', 0.5),
      ratio('postgres', 'half message (one caller)', 'outbox row (one caller)', 0.25),
    ],
    latencyRatios: [
      {
        ...{ over: { engine: 'kafka', name: 'relay (1,000/s)' }, at: 'p99ms' },
        ...{ under: { engine: 'kafka', name: 'bare producer (1,000/s)' }, to: 'p99ms', atMost: 2.5 },
      },
    ],
    bars: [],
    openLoops: latencyLoops(database, server),
    versions: { postgres: postgres.version, kafka: kafka.version },
    close: async () => {
      await Promise.all([postgres.stop(), kafka.stop()])
    },
  }
}

export default openRelayBench

function ratio(engine: Engine, over: string, under: string, hold?: number, aim?: number): Ratio {
  return {
    over: { engine, name: over },
    under: { engine, name: under },
    ...(hold === undefined ? {} : { hold }),
    ...(aim === undefined ? {} : { aim }),
  }
}
