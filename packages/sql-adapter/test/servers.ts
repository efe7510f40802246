import { randomUUID } from 'node:crypto'
import createKnex, { type Knex } from 'knex'
import { serverForTests } from '../../../tools/services/test-services.js'

/** Kinds of servers, by the names of their services, and knex's client for each. */
export const CLIENTS = { postgres: 'pg', pgbouncer: 'pg', mariadb: 'mysql2' } as const

export type ServerKind = keyof typeof CLIENTS

/** A database of a test file's own on a server. */
export interface TestDatabase {
  readonly kind: ServerKind
  readonly url: string
  /** A pool of connections to it; of MariaDB, such that take several statements in one message, or do not. */
  connect(pool?: Knex.PoolConfig, severalStatements?: boolean): Knex
  drop(): Promise<void>
}

/** Whether this kind of server can be had here. */
export async function canBeHad(kind: ServerKind): Promise<boolean> {
  return (await serverForTests(kind)) !== null
}

/** A new database; `null` where the server cannot be had: skip. */
export async function newDatabase(kind: ServerKind): Promise<TestDatabase | null> {
  const server = await serverForTests(kind)
  if (server === null) return null
  const name = `holdfast_${randomUUID().replaceAll('-', '')}`
  const url = new URL(server)
  url.pathname = `/${name}`
  await administer(kind, server, `create database ${name}`)
  const several = new URL(url)
  if (kind === 'mariadb') several.searchParams.set('multipleStatements', 'true')
  const connect = (pool: Knex.PoolConfig = { min: 0, max: 4 }, severalStatements = true) =>
    knexOn(kind, (severalStatements ? several : url).href, pool)
  const force = CLIENTS[kind] === 'pg' ? ' with (force)' : ''
  return {
    kind,
    url: url.href,
    connect,
    drop: () => administer(kind, server, `drop database ${name}${force}`),
  }
}

async function administer(kind: ServerKind, url: string, statement: string): Promise<void> {
  const knex = knexOn(kind, url, { min: 0, max: 1 })
  try {
    await knex.raw(statement)
  } finally {
    await knex.destroy()
  }
}

function knexOn(kind: ServerKind, url: string, pool: Knex.PoolConfig): Knex {
  const silent = { error() {}, warn() {}, debug() {}, deprecate() {} }
  return createKnex({ client: CLIENTS[kind], connection: url, pool, log: silent })
}

const TABLES = [
  ...['batches', 'stock_accounts', 'orders', 'subjects', 'owed_units', 'movements', 'stock_ledger'],
  ...['outbox', 'campaigns', 'compensations', 'carried_positions'],
]

/** Empties Holdfast's tables: quicker than new ones for each of hundreds of stores. */
export async function emptyTables(knex: Knex, prefix: string): Promise<void> {
  await knex.transaction(async (transaction) => {
    for (const table of TABLES) await transaction(prefix + table).delete()
    await transaction(`${prefix}epochs`).update({ epoch: 1, sequence: 0, events: 0 })
  })
}
