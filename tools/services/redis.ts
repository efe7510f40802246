import { Redis } from 'ioredis'
import { find, type Recipe } from './find.js'
import { type Guarded, startGuarded } from './guarded.js'
import { installPackages, programOf } from './programs.js'
import type { Service, ServiceName } from './service.js'
import { folderOf } from './system-user.js'

/** What a Redis is started with, by the names of redis.conf. */
export type RedisSettings = Readonly<Record<string, string>>

/** Whatever it is asked to take survives a kill: on the disk before it is answered. */
export const SYNCED: RedisSettings = { appendonly: 'yes', appendfsync: 'always' }
const IN_MEMORY: RedisSettings = { appendonly: 'no' }

/** A Redis in memory alone. @throws ServiceMissing */
export function startRedis(): Promise<Service> {
  return startWith('redis', 'HOLDFAST_REDIS_URL', IN_MEMORY)
}

/** A Redis that syncs every write. @throws ServiceMissing */
export function startRedisAof(): Promise<Service> {
  return startWith('redis-aof', 'HOLDFAST_REDIS_AOF_URL', SYNCED)
}

function startWith(name: ServiceName, variable: string, settings: RedisSettings): Promise<Service> {
  return find({
    ...ofRedis,
    name,
    variable,
    image: {
      name: 'redis:7.4',
      port: 6379,
      environment: () => [],
      args: ['redis-server', ...asArgs({ save: '', ...settings })],
    },
    startBinaries: (port, answers) => runRedis({ port, settings, answers }),
  })
}

/** What all that is found by the programs of Redis has in common. */
export const ofRedis: Pick<Recipe, 'urlAt' | 'hasBinaries' | 'install' | 'versionAt'> = {
  urlAt: (port) => `redis://127.0.0.1:${port}/0`,
  hasBinaries: () => programOf('redis-server') !== null && programOf('redis-cli') !== null,
  install: () => installPackages('redis-server'),
  versionAt: versionOfRedis,
}

export interface RedisToRun {
  readonly port: number
  readonly settings: RedisSettings
  /** A folder for its data that outlives it; if absent they go with it. */
  readonly data?: string
  /** How `stop` ends it: SIGKILL leaves it no time for a farewell. */
  readonly stopSignal?: NodeJS.Signals
  /** Asks it for its version; rejects as long as it does not answer. */
  readonly answers?: () => Promise<string>
}

/** One server by the local programs, at a port of the caller's: it may be stopped, and run again. */
export function runRedis({ port, settings, data, stopSignal, answers }: RedisToRun): Promise<Guarded> {
  const folder = folderOf(null, 'redis')
  const own = { port: String(port), bind: '127.0.0.1', save: '', dir: data ?? folder }
  return startGuarded(
    {
      command: programOf('redis-server') ?? 'redis-server',
      args: asArgs({ ...own, ...settings }),
      folder,
      user: null,
      stopSignal: stopSignal ?? 'SIGTERM',
    },
    answers ?? (() => versionOfRedis(ofRedis.urlAt(port))),
  )
}

function asArgs(settings: RedisSettings): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
}

/** The server's own word; rejects if it does not answer, or is still loading. */
async function versionOfRedis(url: string): Promise<string> {
  const redis = clientAt(url)
  try {
    await redis.connect()
    await redis.ping()
    const info = await redis.info('server')
    return `Redis ${/^redis_version:(\S+)/m.exec(info)?.[1]}`
  } finally {
    redis.disconnect()
  }
}

/** A client that asks once and gives up. */
export function clientAt(url: string): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 2_000,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  })
  redis.on('error', () => {})
  return redis
}
