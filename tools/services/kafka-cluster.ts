import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'
import type { Guarded } from './guarded.js'
import { brokersAt } from './kafka.js'
import { type Node, newKafkaId, runBroker } from './kafka-broker.js'
import { fetchJars, hasJars } from './kafka-jars.js'
import { ServiceMissing } from './service.js'

/**
 * Brokers of one's own, to be stopped and run again on their data: for faults. By jars alone, as they must obey us.
 */
export class KafkaCluster {
  private readonly running = new Map<number, Guarded>()
  /** Those that run or are about to. */
  private readonly wanted = new Set<number>()

  private constructor(
    private readonly nodes: readonly Node[],
    private readonly folder: string,
    private readonly clusterId: string,
  ) {}

  /** @throws ServiceMissing */
  static async start(brokers: 1 | 3): Promise<KafkaCluster> {
    try {
      if (!hasJars()) await fetchJars()
    } catch (error) {
      throw new ServiceMissing('kafka', [String(error)])
    }
    const nodes: Node[] = []
    for (let id = 1; id <= brokers; id++) {
      nodes.push({ id, port: await freePort(), controllerPort: await freePort() })
    }
    const cluster = new KafkaCluster(nodes, mkdtempSync(join(tmpdir(), 'holdfast-kafka-')), newKafkaId())
    try {
      for (const { id } of nodes) cluster.wanted.add(id)
      await Promise.all(nodes.map(({ id }) => cluster.run(id)))
    } catch (error) {
      await cluster.stop()
      throw error
    }
    return cluster
  }

  get brokers(): string[] {
    return this.nodes.map(({ port }) => `127.0.0.1:${port}`)
  }

  /** From 1. */
  get ids(): readonly number[] {
    return this.nodes.map(({ id }) => id)
  }

  /** Runs a broker on its data. Done when all that run are one cluster. */
  async run(id: number): Promise<void> {
    const node = this.nodes.find((each) => each.id === id)
    if (node === undefined || this.running.has(id)) throw new Error(`broker ${id} is unknown, or runs`)
    this.wanted.add(id)
    const broker = await runBroker({
      node,
      nodes: this.nodes,
      clusterId: this.clusterId,
      data: join(this.folder, String(id)),
      answers: async () => {
        const found = await brokersAt([`127.0.0.1:${node.port}`])
        if (found < this.wanted.size) throw new Error(`it knows ${found} brokers`)
      },
    })
    this.running.set(id, broker)
  }

  /** By SIGTERM it hands its leadership over first; by SIGKILL it is gone. */
  async end(id: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const broker = this.running.get(id)
    if (broker === undefined) throw new Error(`broker ${id} does not run`)
    this.running.delete(id)
    this.wanted.delete(id)
    await broker.stop(signal)
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.keys()].map((id) => this.end(id, 'SIGKILL')))
    rmSync(this.folder, { recursive: true, force: true })
  }
}
