import { setTimeout as pause } from 'node:timers/promises'
import { find } from './find.js'
import { freePort } from './free-port.js'
import type { Guarded } from './guarded.js'
import { programOf, run } from './programs.js'
import { clientAt, ofRedis, runRedis } from './redis.js'
import type { Service } from './service.js'

/** How long servers may take until they have found each other, ms. */
const LONGEST_MEETING = 30_000

/**
 * A cluster of three masters. Not in Docker: nodes tell clients their addresses, and those of containers lead nowhere
 * from here.
 *
 * @throws ServiceMissing
 */
export function startRedisCluster(): Promise<Service> {
  return find({
    ...ofRedis,
    name: 'redis-cluster',
    variable: 'HOLDFAST_REDIS_CLUSTER_URL',
    image: null,

    async startBinaries(port) {
      const ports = [port, await freePort(), await freePort()]
      return together(await Promise.all(ports.map(runNode)), () => join(ports))
    },
  })
}

/** A primary with one replica. @throws ServiceMissing */
export function startRedisReplicated(): Promise<Service> {
  return find({
    ...ofRedis,
    name: 'redis-replicated',
    variable: 'HOLDFAST_REDIS_REPLICATED_URL',
    image: null,

    async startBinaries(port) {
      const memory = { appendonly: 'no', 'repl-diskless-sync-delay': '0' }
      const primary = await runRedis({ port, settings: memory })
      const follows = { ...memory, replicaof: `127.0.0.1 ${port}` }
      const servers = [primary, await runRedis({ port: await freePort(), settings: follows })]
      return together(servers, () => until(async () => (await replicasOf(port)) === 1))
    },
  })
}

async function runNode(port: number): Promise<Guarded> {
  const bus = String(await freePort())
  const settings = { appendonly: 'no', 'cluster-enabled': 'yes', 'cluster-port': bus }
  return runRedis({ port, settings })
}

async function join(ports: readonly number[]): Promise<void> {
  const addresses = ports.map((port) => `127.0.0.1:${port}`)
  await run(programOf('redis-cli') ?? 'redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'])
  // It is done when one node knows all slots; each must.
  await until(async () => (await Promise.all(ports.map(knowsAllSlots))).every(Boolean))
}

async function knowsAllSlots(port: number): Promise<boolean> {
  const state = await asked(port, (redis) => redis.cluster('INFO'))
  return state.includes('cluster_state:ok')
}

async function replicasOf(port: number): Promise<number> {
  const told = await asked(port, (redis) => redis.info('replication'))
  return [...told.matchAll(/^slave\d+:.*state=online/gm)].length
}

async function asked(
  port: number,
  ask: (redis: ReturnType<typeof clientAt>) => Promise<unknown>,
): Promise<string> {
  const redis = clientAt(ofRedis.urlAt(port))
  try {
    return String(await ask(redis))
  } finally {
    redis.disconnect()
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + LONGEST_MEETING
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error('the servers did not find each other in time')
    await pause(50)
  }
}

/** Several servers as one, once they have met. */
async function together(servers: readonly Guarded[], meet: () => Promise<void>): Promise<Guarded> {
  const stop = async () => void (await Promise.all(servers.map((server) => server.stop())))
  try {
    await meet()
  } catch (error) {
    await stop()
    throw error
  }
  return { version: `${servers[0]?.version}, ${servers.length} servers`, stop }
}
