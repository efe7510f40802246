import { setTimeout as pause } from 'node:timers/promises'
import { fromKafkajs } from '@holdfast/kafka-adapter'
import { Kafka, logLevel } from 'kafkajs'
import { KafkaCluster } from '../../services/kafka-cluster.js'
import { readTopic } from '../../services/kafka-contents.js'
import { type Sender, sendBare, sendThrough } from './senders.js'

const PARTITIONS = 12
const KEYS = Array.from({ length: 500 }, (_, index) => `key-${index}`)
/** Between two restarts, ms. */
const BETWEEN = 2_000

export interface RollingRestart {
  readonly restarts: number
  readonly ours: Fate
  readonly bare: Fate
  /** `true`: the bare client lost something, so that a loss of ours would have been seen. */
  readonly isConclusive: boolean
}

export interface Fate {
  readonly acknowledged: number
  /** Acknowledged, and not there. */
  readonly lost: number
  /** There more than once. */
  readonly repeated: number
  /** Of one key, came behind a later one that it was sent before. */
  readonly disordered: number
}

/**
 * Restarts the brokers of a cluster one after the other, gracefully and under load: leadership moves while sends are under
 * way. Beside the adapter the bare client sends too, which loses acknowledged messages that way sooner or later; that it
 * does shows that a loss is seen.
 *
 * @param atLeast restarts, and so many more, up to `atMost`, until the bare client has lost something
 */
export async function rollingRestart(
  { atLeast, atMost }: { readonly atLeast: number; readonly atMost: number },
  tell: (line: string) => void,
): Promise<RollingRestart> {
  const cluster = await KafkaCluster.start(3)
  const kafka = new Kafka({ clientId: 'faults', brokers: cluster.brokers, logLevel: logLevel.NOTHING })
  try {
    const connection = fromKafkajs(kafka)
    let restarts = 0
    for (let round = 1; ; round++) {
      const [ofOurs, ofBare] = [`ours-${round}`, `bare-${round}`]
      await connection.ensureTopics(
        [ofOurs, ofBare].map((topic) => ({ topic, partitions: PARTITIONS, replicas: 3 })),
        { signal: AbortSignal.timeout(120_000) },
      )
      const [publisher, producer] = [connection.publisher({ durable: true }), kafka.producer()]
      await Promise.all([publisher.connect(), producer.connect()])
      const ours = sendThrough(publisher, ofOurs, KEYS)
      const bare = sendBare(producer, ofBare)
      for (const id of cluster.ids) {
        await pause(BETWEEN)
        await cluster.end(id, 'SIGTERM')
        await pause(BETWEEN)
        await cluster.run(id)
        await inSync(kafka, [ofOurs, ofBare])
        restarts++
      }
      await Promise.all([ours.stop(), bare.stop()])
      await Promise.all([publisher.close(), producer.disconnect()])
      const fates = { ours: await fateOf(cluster, ofOurs, ours), bare: await fateOf(cluster, ofBare, bare) }
      tell(`${restarts} restarts: ours ${JSON.stringify(fates.ours)}, bare ${JSON.stringify(fates.bare)}`)
      const isConclusive = fates.bare.lost > 0
      const isEnough = restarts >= atLeast && (isConclusive || restarts >= atMost)
      if (isEnough || fates.ours.lost > 0) return { restarts, ...fates, isConclusive }
    }
  } finally {
    await cluster.stop()
  }
}

/** Waits until every replica has what its leader has: the next broker may go then. */
async function inSync(kafka: Kafka, topics: string[]): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    for (;;) {
      const told = await admin.fetchTopicMetadata({ topics }).catch(() => ({ topics: [] }))
      const partitions = told.topics.flatMap((topic) => topic.partitions)
      if (partitions.length > 0 && partitions.every(({ isr }) => isr.length === 3)) return
      await pause(250)
    }
  } finally {
    await admin.disconnect()
  }
}

async function fateOf(cluster: KafkaCluster, topic: string, { acknowledged }: Sender): Promise<Fate> {
  const found = new Set<string>()
  const last = new Map<string, number>()
  let [repeated, disordered] = [0, 0]
  await readTopic(cluster.brokers, topic, ({ key, value }) => {
    const text = String(value)
    if (found.has(text)) {
      repeated++
      return
    }
    found.add(text)
    const [name, n] = [String(key), Number(text)]
    if (n < (last.get(name) ?? -1)) disordered++
    last.set(name, n)
  })
  const lost = [...acknowledged].filter((value) => !found.has(value)).length
  return { acknowledged: acknowledged.size, lost, repeated, disordered }
}
