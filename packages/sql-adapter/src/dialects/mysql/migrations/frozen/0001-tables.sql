create table if not exists holdfast_epochs (
      name varchar(64) primary key,
      epoch bigint not null,
      sequence bigint not null,
      events bigint not null
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_batches (
      token char(36) character set ascii primary key,
      at bigint not null,
      disowned boolean not null default false
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

insert ignore into holdfast_epochs (name, epoch, sequence, events) values ('main', 1, 0, 0);

create table if not exists holdfast_stock_accounts (
      number bigint auto_increment primary key,
      sku varbinary(512) not null,
      pool varbinary(512) not null,
      available bigint unsigned not null default 0,
      reserved bigint unsigned not null default 0,
      sold bigint unsigned not null default 0,
      backordered bigint unsigned not null default 0,
      supplied bigint unsigned not null default 0,
      archived bigint unsigned not null default 0,
      opens_at bigint,
      closes_at bigint,
      backorder_limit bigint not null default 0,
      config_version bigint not null default 0,
      version bigint not null default 0,
      unique (sku, pool),
      check (available + reserved + sold = supplied),
      check (available <= 9007199254740991 and reserved <= 9007199254740991 and sold <= 9007199254740991 and backordered <= 9007199254740991 and supplied <= 9007199254740991 and archived <= 9007199254740991),
      index (backordered)
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_movements (
      account bigint not null,
      movement varbinary(512) not null,
      data longtext not null,
      at bigint not null,
      primary key (account, movement)
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_owed_units (
      account bigint not null,
      id varbinary(512) not null,
      position bigint not null,
      primary key (account, id),
      index (account, position)
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_orders (
      number bigint auto_increment primary key,
      id varbinary(512) not null unique,
      status varchar(32) character set ascii,
      version bigint not null,
      order_status varchar(32) character set ascii,
      order_version bigint not null,
      created_at bigint,
      reserved_at bigint,
      due_at bigint,
      ended_at bigint,
      queued bigint unique,
      leased_until bigint,
      claims longtext,
      ending longtext,
      request longtext,
      index (due_at),
      index (ended_at),
      index (order_status)
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_subject_records (
      subject varbinary(1024) not null,
      kind varchar(16) character set ascii not null,
      scope varbinary(1024) not null,
      used bigint unsigned,
      archived bigint unsigned,
      id varbinary(512),
      expires_at bigint,
      strikes bigint unsigned,
      until bigint,
      tag longtext,
      primary key (subject, kind, scope),
      check (used <= 9007199254740991 and archived <= 9007199254740991),
      check (case kind
        when 'counter' then used is not null and archived is not null
        when 'guard' then id is not null and expires_at is not null
        when 'strikes' then strikes is not null and until is not null
        else false end)
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_stock_ledger (
      seq bigint auto_increment primary key,
      account bigint not null,
      at bigint not null,
      cause varbinary(512) not null,
      reservation varbinary(512),
      movement varbinary(512),
      available bigint not null,
      reserved bigint not null,
      sold bigint not null,
      backordered bigint not null,
      supplied bigint not null,
      index (account)
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_outbox (
      seq bigint primary key,
      id varchar(128) character set ascii not null,
      aggregatetype varchar(32) character set ascii not null,
      aggregateid varbinary(2048) not null,
      type varchar(32) character set ascii not null,
      payload longtext not null,
      version bigint not null,
      order_version bigint,
      at bigint not null
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_campaigns (
      number bigint auto_increment primary key,
      id varbinary(512) not null unique,
      status varchar(32) character set ascii not null,
      version bigint not null,
      state longtext not null
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;

create table if not exists holdfast_compensations (
      number bigint auto_increment primary key,
      id varbinary(512) not null unique,
      status varchar(32) character set ascii not null,
      version bigint not null,
      next_attempt_at bigint,
      leased_until bigint,
      state longtext not null,
      index (status)
    ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;
