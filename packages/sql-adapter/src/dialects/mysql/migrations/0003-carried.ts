import type { TableNames } from '../../table-names.js'

/** How far the history of a store that this one follows is carried, by its partition. */
export function carried({ carried }: TableNames): readonly string[] {
  return [
    `create table if not exists ${carried} (
      name varchar(128) primary key not null,
      epoch bigint not null,
      sequence bigint not null,
      at bigint not null,
      digest varchar(128) not null
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin`,
  ]
}
