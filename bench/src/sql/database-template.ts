import type { Contents } from '../desk/contents.js'
import type { Load, Loaded } from '../stored/loaded-orders.js'
import { openPlace } from '../stored/place.js'
import { inAnotherProcess } from '../stored/place-work-process.js'
import type { Database, DatabaseServer } from './database-server.js'

/** A database that is loaded once, when it is first asked for, and copied for each turn. */
export class DatabaseTemplate {
  private loading: Promise<{ readonly database: Database; readonly loaded: Loaded }> | null = null

  constructor(
    private readonly server: DatabaseServer,
    private readonly load: Load,
  ) {}

  get engine() {
    return this.server.engine
  }

  /** A copy of its own for one turn. */
  async copy(): Promise<{ readonly database: Database; readonly loaded: Loaded }> {
    this.loading ??= this.fill()
    const { database, loaded } = await this.loading
    return { database: await this.server.databaseOfTurn(database), loaded }
  }

  async open(): Promise<Contents> {
    const { database, loaded } = await this.copy()
    const { store, close } = await openPlace(database)
    return { store, stored: loaded.due + loaded.held, firstBuyer: loaded.nextBuyer, left: close }
  }

  private async fill() {
    const database = await this.server.newDatabase()
    const loaded = await inAnotherProcess({ kind: 'load', place: database, load: this.load })
    return { database, loaded }
  }
}
