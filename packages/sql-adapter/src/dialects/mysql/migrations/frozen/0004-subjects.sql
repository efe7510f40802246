create table if not exists holdfast_subjects (
      subject varbinary(1024) primary key not null,
      records longtext not null,
      lowest bigint check (lowest >= 0),
      highest bigint check (highest <= 9007199254740991)
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;
