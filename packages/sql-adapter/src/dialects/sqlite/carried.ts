import { safeInteger } from '../../rows/safe-integer.js'
import type { TableNames } from '../table-names.js'
import type { Changes, LoadedRows } from '../work.js'
import { prepareWrite, Rows, type SqliteConnection, type SqliteStatement } from './connection.js'

/** How far partitions of a store that this one follows are carried. */
export class SqliteCarried {
  private readonly byName: Rows
  private readonly put: SqliteStatement

  constructor(connection: SqliteConnection, { carried }: TableNames) {
    this.byName = new Rows(connection, `select epoch, sequence, at, digest from ${carried} where name = ?`)
    this.put = prepareWrite(
      connection,
      `insert into ${carried} (name, epoch, sequence, at, digest) values (?, ?, ?, ?, ?)
       on conflict (name) do update set epoch = excluded.epoch, sequence = excluded.sequence,
         at = excluded.at, digest = excluded.digest`,
    )
  }

  load(partitions: Iterable<string>, rows: LoadedRows): void {
    for (const partition of partitions) {
      const row = this.byName.one(partition)
      if (row === undefined) continue
      const [epoch, sequence] = [safeInteger(row[0], 'epoch'), safeInteger(row[1], 'sequence')]
      rows.loadCarried(partition, {
        epoch,
        sequence,
        at: safeInteger(row[2], 'at'),
        digest: row[3] as string,
      })
    }
  }

  write(changed: Changes['carried']): void {
    for (const { partition, position } of changed)
      this.put.run(partition, position.epoch, position.sequence, position.at, position.digest)
  }
}
