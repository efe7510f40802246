import type { TableNames } from '../../table-names.js'

/** How far the history of a store that this one follows is carried, by its partition. */
export function carried({ carried }: TableNames): readonly string[] {
  return [
    `create table if not exists ${carried} (
      name text primary key not null,
      epoch integer not null,
      sequence integer not null,
      at integer not null,
      digest text not null
    ) strict`,
  ]
}
