import { randomUUID } from 'node:crypto'
import { SqlStore } from '@holdfast/sql-adapter'
import createKnex, { type Knex } from 'knex'
import type { Service } from '../../../tools/services/service.js'
import type { Engine } from '../contender.js'
import { type Contents, empty } from '../desk/contents.js'

/** Connections of a shop's pool, Holdfast's as well. */
const POOL = 10

const DRIVERS = { postgres: 'pg', mariadb: 'mysql2' } as const

export type ServerEngine = keyof typeof DRIVERS & Engine

/** A server that a bench runs on: each turn has a database of its own, which the next one drops. */
export class DatabaseServer {
  private last: string | null = null

  constructor(
    readonly engine: ServerEngine,
    readonly service: Service,
  ) {}

  /** An empty database, for a turn that is the only one. */
  async connect(options = ''): Promise<Knex> {
    if (this.last !== null) await this.administer(`drop database ${this.last}`)
    this.last = `bench_${randomUUID().replaceAll('-', '')}`
    await this.administer(`create database ${this.last}`)
    const url = new URL(this.service.url)
    url.pathname = `/${this.last}`
    return createKnex({
      client: DRIVERS[this.engine],
      connection: url.href + options,
      pool: { min: 0, max: POOL },
    })
  }

  /** Holdfast in an empty database. */
  async openStore(): Promise<Contents> {
    // Several statements in one message, which mysql2 does when it is told to.
    const knex = await this.connect(this.engine === 'mariadb' ? '?multipleStatements=true' : '')
    const store = new SqlStore(knex)
    await store.migrate()
    return { ...empty(store), left: () => knex.destroy() }
  }

  private async administer(statement: string): Promise<void> {
    const knex = createKnex({
      client: DRIVERS[this.engine],
      connection: this.service.url,
      pool: { min: 0, max: 1 },
    })
    try {
      await knex.raw(statement)
    } finally {
      await knex.destroy()
    }
  }
}
