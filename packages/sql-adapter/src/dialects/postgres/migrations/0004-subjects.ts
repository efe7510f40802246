import type { TableNames } from '../../table-names.js'

/** Most that a counter may hold: beyond, JavaScript would round. */
const MOST = 9007199254740991

/**
 * Counters, guards and strikes: all of one subject in a row. They were a row each. Pages keep room, so that a row that
 * is written anew can stay in its page.
 */
export function subjects({ subjects }: TableNames): readonly string[] {
  return [
    `create table if not exists ${subjects} (
      subject bytea primary key not null,
      records text not null,
      lowest bigint check (lowest >= 0),
      highest bigint check (highest <= ${MOST})
    ) with (fillfactor = 90)`,
  ]
}
