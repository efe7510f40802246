import type { TableNames } from '../../table-names.js'

/** How far the history of a store that this one follows is carried, by its partition. */
export function carried({ carried }: TableNames): readonly string[] {
  return [
    `create table if not exists ${carried} (
      name text primary key not null,
      epoch bigint not null,
      sequence bigint not null,
      at bigint not null,
      digest text not null
    )`,
  ]
}
