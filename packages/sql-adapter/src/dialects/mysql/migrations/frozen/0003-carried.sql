create table if not exists holdfast_carried_positions (
      name varchar(128) primary key not null,
      epoch bigint not null,
      sequence bigint not null,
      at bigint not null,
      digest varchar(128) not null
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;
