create table if not exists holdfast_carried_positions (
      name text primary key not null,
      epoch integer not null,
      sequence integer not null,
      at integer not null,
      digest text not null
    ) strict;
