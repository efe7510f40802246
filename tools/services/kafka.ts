import { Kafka, logLevel } from 'kafkajs'
import { find, type Recipe } from './find.js'
import { freePort } from './free-port.js'
import { newKafkaId, type Properties, propertiesOf, runBroker } from './kafka-broker.js'
import { fetchJars, hasJars, KAFKA_VERSION } from './kafka-jars.js'
import type { Service } from './service.js'

const recipe: Recipe = {
  name: 'kafka',
  variable: 'HOLDFAST_KAFKA_URL',
  image: {
    name: `apache/kafka:${KAFKA_VERSION}`,
    port: 9092,
    environment: (port) => asEnvironment({ ...propertiesOf(1), ...inContainer(port) }),
    args: [],
  },
  urlAt: (port) => `kafka://127.0.0.1:${port}`,
  hasBinaries: hasJars,
  install: fetchJars,

  async startBinaries(port, answers) {
    const node = { id: 1, port, controllerPort: await freePort() }
    const broker = await runBroker({ node, nodes: [node], clusterId: newKafkaId(), answers })
    return { ...broker, version: `Kafka ${KAFKA_VERSION}, 1 broker` }
  },

  versionAt: async (url) => {
    const count = await brokersAt(brokersOf(url))
    return `Kafka, ${count} ${count === 1 ? 'broker' : 'brokers'}`
  },
}

/** One broker of Kafka. Its URL is `kafka://` with a broker's address, or several with commas. @throws ServiceMissing */
export function startKafka(): Promise<Service> {
  return find(recipe)
}

/** The addresses in a URL, as clients want them. */
export function brokersOf(url: string): string[] {
  return url.replace(/^kafka:\/\//, '').split(',')
}

/** How many brokers there are, by their own word; rejects if they do not answer. */
export async function brokersAt(brokers: string[]): Promise<number> {
  const kafka = new Kafka({
    brokers,
    connectionTimeout: 2_000,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  })
  const admin = kafka.admin()
  try {
    await admin.connect()
    return (await admin.describeCluster()).brokers.length
  } finally {
    await admin.disconnect()
  }
}

/** Clients are sent to the port outside. */
function inContainer(port: number): Properties {
  return {
    'node.id': '1',
    'controller.quorum.voters': '1@127.0.0.1:9093',
    listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
  }
}

/** As the image takes them. */
function asEnvironment(properties: Properties): readonly string[] {
  return Object.entries(properties).map(
    ([name, value]) => `KAFKA_${name.toUpperCase().replaceAll('.', '_')}=${value}`,
  )
}
