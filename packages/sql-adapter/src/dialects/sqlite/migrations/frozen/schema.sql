CREATE INDEX holdfast_compensations_open on holdfast_compensations (status) where status <> 'done';

CREATE INDEX holdfast_orders_by_status on holdfast_orders (order_status) where order_status <> 'awaiting-payment';

CREATE INDEX holdfast_orders_due on holdfast_orders (due_at) where due_at is not null;

CREATE INDEX holdfast_orders_ended on holdfast_orders (ended_at) where ended_at is not null;

CREATE UNIQUE INDEX holdfast_orders_queue on holdfast_orders (queued) where queued is not null;

CREATE INDEX holdfast_owed_units_by_position on holdfast_owed_units (account, position);

CREATE INDEX holdfast_stock_accounts_owing on holdfast_stock_accounts (sku, pool) where backordered > 0;

CREATE INDEX holdfast_stock_ledger_by_account on holdfast_stock_ledger (account);

CREATE TABLE holdfast_campaigns (
      number integer primary key,
      id blob not null unique,
      status text not null,
      version integer not null,
      state text not null
    ) strict;

CREATE TABLE holdfast_compensations (
      number integer primary key,
      id blob not null unique,
      status text not null,
      version integer not null,
      next_attempt_at integer,
      leased_until integer,
      state text not null
    ) strict;

CREATE TABLE holdfast_epochs (
      name text primary key not null,
      epoch integer not null,
      sequence integer not null,
      events integer not null
    ) strict, without rowid;

CREATE TABLE `holdfast_migrations` (`id` integer not null primary key autoincrement, `name` varchar(255), `batch` integer, `migration_time` datetime);

CREATE TABLE `holdfast_migrations_lock` (`index` integer not null primary key autoincrement, `is_locked` integer);

CREATE TABLE holdfast_movements (
      account integer not null,
      movement blob not null,
      data text not null,
      at integer not null,
      primary key (account, movement)
    ) strict, without rowid;

CREATE TABLE holdfast_orders (
      number integer primary key,
      id blob not null unique,
      status text,
      version integer not null,
      order_status text,
      order_version integer not null,
      created_at integer,
      reserved_at integer,
      due_at integer,
      ended_at integer,
      queued integer,
      leased_until integer,
      claims text,
      ending text,
      request text
    ) strict;

CREATE TABLE holdfast_outbox (
      seq integer primary key,
      id text not null,
      aggregatetype text not null,
      aggregateid blob not null,
      type text not null,
      payload text not null,
      version integer not null,
      order_version integer,
      at integer not null
    ) strict;

CREATE TABLE holdfast_owed_units (
      account integer not null,
      id blob not null,
      position integer not null,
      primary key (account, id)
    ) strict, without rowid;

CREATE TABLE holdfast_stock_accounts (
      number integer primary key,
      sku blob not null,
      pool blob not null,
      available integer not null check (available between 0 and 9007199254740991),
      reserved integer not null check (reserved between 0 and 9007199254740991),
      sold integer not null check (sold between 0 and 9007199254740991),
      backordered integer not null check (backordered between 0 and 9007199254740991),
      supplied integer not null check (supplied between 0 and 9007199254740991),
      archived integer not null check (archived between 0 and 9007199254740991),
      opens_at integer,
      closes_at integer,
      backorder_limit integer not null,
      config_version integer not null,
      version integer not null,
      unique (sku, pool),
      check (available + reserved + sold = supplied)
    ) strict;

CREATE TABLE holdfast_stock_ledger (
      seq integer primary key,
      account integer not null,
      at integer not null,
      cause text not null,
      reservation blob,
      movement blob,
      available integer not null,
      reserved integer not null,
      sold integer not null,
      backordered integer not null,
      supplied integer not null
    ) strict;

CREATE TABLE holdfast_subject_records (
      subject blob not null,
      kind text not null,
      scope blob not null,
      used integer check (used between 0 and 9007199254740991),
      archived integer check (archived between 0 and 9007199254740991),
      id blob,
      expires_at integer,
      strikes integer check (strikes >= 0),
      until integer,
      tag text,
      primary key (subject, kind, scope),
      check (case kind
        when 'counter' then used is not null and archived is not null
        when 'guard' then id is not null and expires_at is not null
        when 'strikes' then strikes is not null and until is not null
        else 0 end)
    ) strict, without rowid;

CREATE TABLE sqlite_sequence(name,seq);
