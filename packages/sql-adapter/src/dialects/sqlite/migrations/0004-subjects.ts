import type { TableNames } from '../../table-names.js'

/** Most that a counter may hold: beyond, JavaScript would round. */
const MOST = 9007199254740991

/** Counters, guards and strikes: all of one subject in a row. They were a row each. */
export function subjects({ subjects }: TableNames): readonly string[] {
  return [
    `create table if not exists ${subjects} (
      subject blob primary key not null,
      records text not null,
      lowest integer check (lowest >= 0),
      highest integer check (highest <= ${MOST})
    ) strict, without rowid`,
  ]
}
