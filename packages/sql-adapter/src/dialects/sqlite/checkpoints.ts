import { Rows, type SqliteConnection } from './connection.js'

/** A transaction with fewer events than this is that of a shop with time to spare. */
const FEW_EVENTS = 64
/** Pages of the write-ahead log that go into the file while there is time: SQLite's own default, a few ms. */
const FEW_PAGES = 1_000

/**
 * When SQLite moves its write-ahead log into the file: it does so within a commit, and everybody waits. Seldom is best
 * in a sale, where pages that are changed often are moved once; often is best where there is time between transactions,
 * for then nobody waits long. A connection that moves its log often anyway is left as it is.
 */
export class Checkpoints {
  private readonly seldom: number
  private readonly statements = new Map<number, Rows>()
  private pages: number

  constructor(private readonly connection: SqliteConnection) {
    this.seldom = Number(new Rows(connection, 'pragma wal_autocheckpoint').one()?.[0] ?? 0)
    this.pages = this.seldom
  }

  /** Called before a commit that writes so many events. */
  before(events: number): void {
    if (this.seldom <= FEW_PAGES) return
    const pages = events < FEW_EVENTS ? FEW_PAGES : this.seldom
    if (pages === this.pages) return
    this.pages = pages
    this.set(pages)
  }

  private set(pages: number): void {
    let statement = this.statements.get(pages)
    if (statement === undefined) {
      // A pragma takes no parameters; it answers with a row.
      statement = new Rows(this.connection, `pragma wal_autocheckpoint = ${pages}`)
      this.statements.set(pages, statement)
    }
    statement.one()
  }
}
