import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Place } from '../stored/place.js'
import { type Connecting, connectTo, type ServerEngine } from './connect.js'

/** A database on a server. */
export type Database = Extract<Place, { kind: 'database' }>

/** A server that a bench runs on: each turn has a database of its own, which the next one drops. */
export class DatabaseServer {
  private last: string | null = null

  constructor(
    readonly engine: ServerEngine,
    /** With a database that is there. */
    private readonly url: string,
  ) {}

  /** An empty database that stays as long as the server. */
  async newDatabase(template?: Database): Promise<Database> {
    const name = `bench_${randomUUID().replaceAll('-', '')}`
    const from = template === undefined || this.engine === 'mariadb' ? '' : ` template ${nameOf(template)}`
    await this.administer([`create database ${name}${from}`])
    const url = new URL(this.url)
    url.pathname = `/${name}`
    const database = { kind: 'database', engine: this.engine, url: url.href } as const
    if (template !== undefined && this.engine === 'mariadb') await this.copyTables(template, database)
    return database
  }

  /** An empty database, or a copy of one that nobody is connected to, for one turn. */
  async databaseOfTurn(template?: Database): Promise<Database> {
    await this.dropLast()
    const database = await this.newDatabase(template)
    this.last = nameOf(database)
    return database
  }

  async dropLast(): Promise<void> {
    if (this.last !== null) await this.administer([`drop database ${this.last}`])
    this.last = null
  }

  /** A shop's pool of connections to an empty database. */
  async connect(options?: Connecting): Promise<Knex> {
    return connectTo(await this.databaseOfTurn(), options)
  }

  /** Table by table: MariaDB has no templates. */
  private async copyTables(from: Database, to: Database): Promise<void> {
    const [source, target] = [nameOf(from), nameOf(to)]
    const tables = await this.administer([
      `select table_name as name from information_schema.tables where table_schema = '${source}'`,
    ])
    await this.administer(
      (tables as readonly { readonly name: string }[]).flatMap(({ name }) => [
        `create table ${target}.${name} like ${source}.${name}`,
        `insert into ${target}.${name} select * from ${source}.${name}`,
      ]),
    )
  }

  /** Answers with the rows of the last statement. */
  private async administer(statements: readonly string[]): Promise<unknown> {
    const knex = connectTo({ engine: this.engine, url: this.url }, { pool: 1 })
    try {
      let result: unknown
      for (const statement of statements) result = await knex.raw(statement)
      return Array.isArray(result) ? result[0] : result
    } finally {
      await knex.destroy()
    }
  }
}

function nameOf({ url }: Database): string {
  return new URL(url).pathname.slice(1)
}
