create table if not exists holdfast_subjects (
      subject bytea primary key not null,
      records text not null,
      lowest bigint check (lowest >= 0),
      highest bigint check (highest <= 9007199254740991)
    ) with (fillfactor = 90);
