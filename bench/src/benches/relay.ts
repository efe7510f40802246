import { startKafka } from '../../../tools/services/kafka.js'
import { startPostgres } from '../../../tools/services/postgres.js'
import type { Engine, OpenBench, Ratio } from '../contender.js'
import { KafkaServer } from '../relay/kafka-server.js'
import { relayContenders } from '../relay/relay-contenders.js'
import { DatabaseServer } from '../sql/database-server.js'
import { startedServices } from '../started-services.js'

/** An outbox in PostgreSQL, every commit synced, drained to Kafka. */
const openRelayBench: OpenBench = async ({ scale }) => {
  const [postgres, kafka] = await startedServices(startPostgres, startKafka)
  const database = new DatabaseServer('postgres', postgres.url)
  return {
    contenders: relayContenders(database, new KafkaServer(kafka), scale),
    ratios: [
      ratio('kafka', 'relay', 'bare producer', 0.65, 0.8),
      ratio('kafka', 'relay', 'pg-transactional-outbox', 20, 40),
      ratio('kafka', 'relay', 'row by row'),
      ratio('kafka-platformatic', 'relay', 'bare producer', 0.5, 0.6),
      ratio('kafka', 'relay (million)', 'relay (50,000)', 0.85, 1),
    ],
    latencyRatios: [],
    bars: [],
    openLoops: [],
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
    ...(hold === undefined || aim === undefined ? {} : { hold, aim }),
  }
}
