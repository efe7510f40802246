import { startKafka } from './kafka.js'
import { startMariadb } from './mariadb.js'
import { startPgbouncer } from './pgbouncer.js'
import { startPostgres } from './postgres.js'
import { startRedis, startRedisAof } from './redis.js'
import { startRedisCluster, startRedisReplicated } from './redis-several.js'
import { type Service, ServiceMissing, type ServiceName } from './service.js'

/** How each is started, and which others it needs. */
const STARTS: { readonly [Name in ServiceName]: (services: StartedServices) => Promise<Service> } = {
  postgres: startPostgres,
  mariadb: startMariadb,
  redis: startRedis,
  'redis-aof': startRedisAof,
  'redis-replicated': startRedisReplicated,
  'redis-cluster': startRedisCluster,
  kafka: startKafka,
  pgbouncer: async (services) => startPgbouncer(await services.get('postgres')),
}

export function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(STARTS, name)
}

/** Servers by name, each started when it is first asked for. */
export class StartedServices {
  private readonly started = new Map<ServiceName, Promise<Service>>()

  /** @throws ServiceMissing */
  get(name: ServiceName): Promise<Service> {
    let service = this.started.get(name)
    if (service === undefined) {
      service = STARTS[name](this)
      this.started.set(name, service)
    }
    return service
  }

  /** Stops all of them. Returns a line for each that was asked for. */
  async stop(): Promise<readonly string[]> {
    const lines: string[] = []
    // Whoever was asked for last may need one of those before, and is known before it.
    for (const [name, starting] of [...this.started].reverse()) lines.unshift(await stopped(name, starting))
    return lines
  }
}

async function stopped(name: ServiceName, starting: Promise<Service>): Promise<string> {
  try {
    const { version, source, stop } = await starting
    await stop()
    return `${name}: ${version}, ${source}`
  } catch (error) {
    const why = error instanceof ServiceMissing ? error.attempts.join('; ') : String(error)
    return `${name}: MISSING, its tests were SKIPPED (${why})`
  }
}
