create table if not exists holdfast_carried_positions (
      name text primary key not null,
      epoch bigint not null,
      sequence bigint not null,
      at bigint not null,
      digest text not null
    );
