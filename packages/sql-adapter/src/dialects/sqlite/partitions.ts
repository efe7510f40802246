import { safeInteger } from '../../rows/safe-integer.js'
import type { TableNames } from '../table-names.js'
import type { PartitionRow } from '../work.js'
import { prepareWrite, Rows, type SqliteConnection, type SqliteStatement } from './connection.js'

/** Epoch and position of the one partition. */
export class SqlitePartitions {
  private readonly byName: Rows
  private readonly move: SqliteStatement

  constructor(connection: SqliteConnection, { partitions }: TableNames) {
    this.byName = new Rows(
      connection,
      `select epoch, sequence, events from ${partitions} where name = 'main'`,
    )
    this.move = prepareWrite(
      connection,
      `update ${partitions} set sequence = ?, events = ? where name = 'main'`,
    )
  }

  load(): PartitionRow {
    const row = this.byName.one()
    if (row === undefined) return { epoch: null, sequence: 0, events: 0 }
    return {
      epoch: safeInteger(row[0], 'epoch'),
      sequence: safeInteger(row[1], 'sequence'),
      events: safeInteger(row[2], 'events'),
    }
  }

  write({ sequence, events }: PartitionRow): void {
    this.move.run(sequence, events)
  }
}
