import type { RedisClient } from '../client.js'

/** How one server is set up and stands. `null`: it does not let itself be asked (`CONFIG GET` is often kept from users). */
export interface ServerDescription {
  readonly version: string
  readonly role: 'master' | 'slave'
  /** Bytes. */
  readonly usedMemory: number
  /** Bytes; 0: as much as the machine has. */
  readonly maxMemory: number
  /** What it does when that is used up. */
  readonly evictionPolicy: string
  readonly appendOnly: boolean
  readonly appendFsync: string | null
  readonly minReplicasToWrite: number | null
  /** Replicas that are connected and follow. */
  readonly replicas: number
}

/** The oldest version that the tests run on, and that scripts are sure to be replicated on by what they write. */
const OLDEST = [7, 0] as const

/** Those that hold something: the one server, or the masters of a cluster. */
export function serversOf(client: RedisClient): readonly RedisClient[] {
  return client.nodes?.('master') ?? [client]
}

export async function describeServer(server: RedisClient): Promise<ServerDescription> {
  const [info, appendFsync, minReplicas] = await Promise.all([
    infoOf(server),
    settingOf(server, 'appendfsync'),
    settingOf(server, 'min-replicas-to-write'),
  ])
  return {
    version: info.redis_version ?? '',
    role: info.role === 'slave' ? 'slave' : 'master',
    usedMemory: Number(info.used_memory),
    maxMemory: Number(info.maxmemory),
    evictionPolicy: info.maxmemory_policy ?? '',
    appendOnly: info.aof_enabled === '1',
    appendFsync,
    minReplicasToWrite: minReplicas === null ? null : Number(minReplicas),
    replicas: Object.entries(info).filter(isFollowing).length,
  }
}

/** The version of a server that is too old for the scripts; `null`: it is not. */
export async function tooOldVersion(server: RedisClient): Promise<string | null> {
  const { redis_version: version = '0' } = await infoOf(server, 'server')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
  return isOld ? version : null
}

export const OLDEST_VERSION = OLDEST.join('.')

type Info = Readonly<Record<string, string>>

async function infoOf(server: RedisClient, ...section: readonly string[]): Promise<Info> {
  const told = String(await server.callBuffer('info', ...section))
  return Object.fromEntries([...told.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name, value]) => [name, value]))
}

async function settingOf(server: RedisClient, name: string): Promise<string | null> {
  try {
    const [, value] = (await server.callBuffer('config', 'get', name)) as Buffer[]
    return value === undefined ? null : String(value)
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return null
    throw error
  }
}

function isFollowing([name, value]: readonly [string, string]): boolean {
  return /^slave\d+$/.test(name) && value.includes('state=online')
}
