/** The servers that tests, demos and benchmarks run on. */
export type ServiceName =
  | 'postgres'
  | 'mariadb'
  | 'pgbouncer'
  | 'redis'
  | 'redis-aof'
  | 'redis-replicated'
  | 'redis-cluster'
  | 'kafka'

/** Where a server came from. */
export type Source = 'environment' | 'docker' | 'local binaries' | 'installed'

export interface Service {
  readonly name: ServiceName
  /** With the user, and a database that is there: `postgres://…`, `mysql://…`, `redis://…`, `kafka://…`; a cluster's is one node's. */
  readonly url: string
  /** As the server tells it. */
  readonly version: string
  readonly source: Source
  /** Ends what was started and removes its files; one from the environment is left as it is. */
  stop(): Promise<void>
}

/** A server that could not be had, and what each way of getting it said. */
export class ServiceMissing extends Error {
  constructor(
    readonly service: ServiceName,
    readonly attempts: readonly string[],
  ) {
    super(`no ${service}: ${attempts.join('; ')}`)
    this.name = 'ServiceMissing'
  }
}
