import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Guarded, startGuarded } from './guarded.js'
import { CLASS_PATH } from './kafka-jars.js'
import { programOf } from './programs.js'
import { folderOf } from './system-user.js'

export interface Node {
  readonly id: number
  readonly port: number
  /** Where its controller listens. */
  readonly controllerPort: number
}

/** What a broker runs with, by the names of its properties file. */
export type Properties = Readonly<Record<string, string>>

/** What all brokers of a cluster have in common; each is a controller as well. */
export function propertiesOf(brokers: number): Properties {
  const [replicas, inSync] = [String(Math.min(3, brokers)), String(Math.min(2, brokers))]
  return {
    'process.roles': 'broker,controller',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'auto.create.topics.enable': 'false',
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'offsets.topic.num.partitions': '8',
    'transaction.state.log.num.partitions': '8',
    'unclean.leader.election.enable': 'false',
    // Small and quick: no waiting for more members, little memory, a dead broker noticed within seconds.
    'group.initial.rebalance.delay.ms': '0',
    'log.cleaner.dedupe.buffer.size': '8388608',
    'broker.heartbeat.interval.ms': '500',
    'broker.session.timeout.ms': '3000',
    'controller.quorum.election.timeout.ms': '500',
    'controller.quorum.fetch.timeout.ms': '1000',
  }
}

export interface BrokerToRun {
  readonly node: Node
  /** All nodes of its cluster, itself included. */
  readonly nodes: readonly Node[]
  /** 22 characters, the same for all of them. */
  readonly clusterId: string
  /** A folder for its data that outlives it; if absent they go with it. */
  readonly data?: string
  readonly answers: () => Promise<unknown>
}

/** One broker by its jars: it may be stopped, and run again on its data. */
export async function runBroker({ node, nodes, clusterId, data, answers }: BrokerToRun): Promise<Guarded> {
  const folder = folderOf(null, 'kafka')
  const logs = data ?? join(folder, 'data')
  format(logs, node, clusterId)
  const own = {
    'node.id': String(node.id),
    'controller.quorum.voters': nodes.map((each) => `${each.id}@127.0.0.1:${each.controllerPort}`).join(','),
    listeners: `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${node.port}`,
    'log.dirs': logs,
  }
  writeFileSync(join(folder, 'server.properties'), asFile({ ...propertiesOf(nodes.length), ...own }))
  writeFileSync(join(folder, 'log4j.properties'), asFile(LOGGING))
  const args = [
    ...['-Xmx256m', '-Xms256m', '-XX:+UseSerialGC', '-XX:-UsePerfData'],
    ...[`-Dlog4j.configuration=file:${join(folder, 'log4j.properties')}`, '-cp', CLASS_PATH],
    ...['kafka.Kafka', join(folder, 'server.properties')],
  ]
  const command = programOf('java') ?? 'java'
  return startGuarded({ command, args, folder, user: null, stopSignal: 'SIGTERM' }, async () => {
    await answers()
    return 'it answers'
  })
}

/** What Kafka's own formatting tool writes, without a second Java machine; done once. */
function format(logs: string, { id }: Node, clusterId: string): void {
  if (existsSync(join(logs, 'meta.properties'))) return
  mkdirSync(logs, { recursive: true })
  const meta = {
    version: '1',
    'cluster.id': clusterId,
    'node.id': String(id),
    'directory.id': newKafkaId(),
  }
  writeFileSync(join(logs, 'meta.properties'), asFile(meta))
}

/** As Kafka writes a UUID: 22 characters; one that begins with a dash would be taken for an option. */
export function newKafkaId(): string {
  return `K${randomBytes(16).toString('base64url').slice(1)}`
}

const LOGGING: Properties = {
  'log4j.rootLogger': 'WARN, stdout',
  'log4j.appender.stdout': 'org.apache.log4j.ConsoleAppender',
  'log4j.appender.stdout.layout': 'org.apache.log4j.PatternLayout',
  'log4j.appender.stdout.layout.ConversionPattern': '%d %p %m (%c)%n',
}

function asFile(properties: Properties): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
