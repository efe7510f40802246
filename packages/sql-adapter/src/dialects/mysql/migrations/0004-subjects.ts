import type { TableNames } from '../../table-names.js'

/** Most that a counter may hold: beyond, JavaScript would round. */
const MOST = 9007199254740991

/** Counters, guards and strikes: all of one subject in a row. They were a row each. */
export function subjects({ subjects }: TableNames): readonly string[] {
  return [
    `create table if not exists ${subjects} (
      subject varbinary(1024) primary key not null,
      records longtext not null,
      lowest bigint check (lowest >= 0),
      highest bigint check (highest <= ${MOST})
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin`,
  ]
}
