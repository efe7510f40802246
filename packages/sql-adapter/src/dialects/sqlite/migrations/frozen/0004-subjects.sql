create table if not exists holdfast_subjects (
      subject blob primary key not null,
      records text not null,
      lowest integer check (lowest >= 0),
      highest integer check (highest <= 9007199254740991)
    ) strict, without rowid;
