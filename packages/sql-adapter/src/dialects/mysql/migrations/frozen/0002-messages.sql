create table if not exists holdfast_messages (
      seq bigint auto_increment primary key,
      id varbinary(512) not null,
      aggregatetype varchar(128) not null,
      aggregateid varbinary(512) not null,
      type varchar(128) not null,
      payload longblob not null,
      headers mediumtext,
      at bigint not null
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_relays (
      shard varchar(128) primary key not null,
      fence bigint not null,
      owner varchar(128) not null,
      leased_until bigint not null,
      deaths bigint not null,
      resumed bigint not null,
      low bigint not null
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_parked_messages (
      shard varchar(128) not null,
      position bigint not null,
      id varbinary(512) not null,
      aggregatetype varchar(128) not null,
      aggregateid varbinary(512) not null,
      reach varchar(128) not null,
      started bigint not null,
      finished bigint not null,
      error mediumtext not null,
      at bigint not null,
      primary key (shard, position)
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_key_troubles (
      shard varchar(128) not null,
      aggregatetype varchar(128) not null,
      aggregateid varbinary(512) not null,
      position bigint not null,
      started bigint not null,
      finished bigint not null,
      error mediumtext not null,
      primary key (shard, aggregatetype, aggregateid)
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_inbox (
      consumer varbinary(512) not null,
      source varbinary(512) not null,
      id varbinary(512) not null,
      started bigint not null,
      finished bigint not null,
      done_at bigint,
      error mediumtext,
      primary key (consumer, source, id),
      index (done_at)
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_half_messages (
      id varbinary(512) primary key not null,
      aggregatetype varchar(128) not null,
      aggregateid varbinary(512) not null,
      type varchar(128) not null,
      payload longblob not null,
      headers mediumtext,
      at bigint not null,
      status varchar(128) not null,
      check_at mediumtext,
      checks bigint not null,
      prepared_at bigint not null,
      next_check_at bigint,
      decided_at bigint,
      last_error mediumtext,
      lease bigint not null,
      leased_until bigint not null,
      index (next_check_at),
      index (decided_at)
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_local_transactions (
      id varbinary(512) primary key not null,
      status varchar(128) not null,
      fingerprint varchar(128) not null,
      at bigint not null,
      index (at)
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;
