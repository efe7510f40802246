import { startMariadb } from './mariadb.js'
import { startPostgres } from './postgres.js'
import { type Service, ServiceMissing, type ServiceName } from './service.js'

const STARTS: { readonly [Name in ServiceName]: () => Promise<Service> } = {
  postgres: startPostgres,
  mariadb: startMariadb,
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
      service = STARTS[name]()
      this.started.set(name, service)
    }
    return service
  }

  /** Stops all of them. Returns a line for each that was asked for. */
  async stop(): Promise<readonly string[]> {
    return Promise.all(
      [...this.started].map(async ([name, starting]) => {
        try {
          const { version, source, stop } = await starting
          await stop()
          return `${name}: ${version}, ${source}`
        } catch (error) {
          const why = error instanceof ServiceMissing ? error.attempts.join('; ') : String(error)
          return `${name}: MISSING, its tests were SKIPPED (${why})`
        }
      }),
    )
  }
}
