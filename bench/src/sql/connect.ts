import createKnex, { type Knex } from 'knex'
import type { Engine } from '../contender.js'

const DRIVERS = { postgres: 'pg', mariadb: 'mysql2' } as const

export type ServerEngine = keyof typeof DRIVERS & Engine

/** Connections of a shop's pool, Holdfast's as well. */
const POOL = 10

export interface Connecting {
  /** Several statements in one message, which mysql2 does when it is told to. */
  readonly severalStatements?: boolean
  /** Flags of mysql2's protocol. */
  readonly flags?: string
  readonly pool?: number
  /** Told each connection of the driver's, before it is used. */
  readonly onConnection?: (connection: unknown) => void
}

/** A pool of connections to a database. */
export function connectTo(
  { engine, url }: { readonly engine: ServerEngine; readonly url: string },
  { severalStatements = false, flags, pool = POOL, onConnection = () => {} }: Connecting = {},
): Knex {
  const connection = new URL(url)
  if (engine === 'mariadb' && severalStatements) connection.searchParams.set('multipleStatements', 'true')
  if (engine === 'mariadb' && flags !== undefined) connection.searchParams.set('flags', flags)
  return createKnex({
    client: DRIVERS[engine],
    connection: connection.href,
    pool: {
      ...{ min: 0, max: pool },
      afterCreate: (made: unknown, done: (error: null, made: unknown) => void) => {
        onConnection(made)
        done(null, made)
      },
    },
  })
}
