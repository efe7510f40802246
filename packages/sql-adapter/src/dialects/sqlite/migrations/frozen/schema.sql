CREATE INDEX holdfast_compensations_open on holdfast_compensations (status) where status <> 'done';

CREATE INDEX holdfast_half_messages_decided_at on holdfast_half_messages (decided_at);

CREATE INDEX holdfast_half_messages_next_check_at on holdfast_half_messages (next_check_at);

CREATE INDEX holdfast_inbox_done_at on holdfast_inbox (done_at);

CREATE INDEX holdfast_local_transactions_at on holdfast_local_transactions (at);

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

CREATE TABLE holdfast_carried_positions (
      name text primary key not null,
      epoch integer not null,
      sequence integer not null,
      at integer not null,
      digest text not null
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

CREATE TABLE holdfast_half_messages (
      id blob primary key not null,
      aggregatetype text not null,
      aggregateid blob not null,
      type text not null,
      payload blob not null,
      headers text,
      at integer not null,
      status text not null,
      check_at text,
      checks integer not null,
      prepared_at integer not null,
      next_check_at integer,
      decided_at integer,
      last_error text,
      lease integer not null,
      leased_until integer not null
    ) strict;

CREATE TABLE holdfast_inbox (
      consumer blob not null,
      source blob not null,
      id blob not null,
      started integer not null,
      finished integer not null,
      done_at integer,
      error text,
      primary key (consumer, source, id)
    ) strict;

CREATE TABLE holdfast_key_troubles (
      shard text not null,
      aggregatetype text not null,
      aggregateid blob not null,
      position integer not null,
      started integer not null,
      finished integer not null,
      error text not null,
      primary key (shard, aggregatetype, aggregateid)
    ) strict;

CREATE TABLE holdfast_local_transactions (
      id blob primary key not null,
      status text not null,
      fingerprint text not null,
      at integer not null
    ) strict;

CREATE TABLE holdfast_messages (
      seq integer primary key autoincrement,
      id blob not null,
      aggregatetype text not null,
      aggregateid blob not null,
      type text not null,
      payload blob not null,
      headers text,
      at integer not null
    ) strict;

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

CREATE TABLE holdfast_parked_messages (
      shard text not null,
      position integer not null,
      id blob not null,
      aggregatetype text not null,
      aggregateid blob not null,
      reach text not null,
      started integer not null,
      finished integer not null,
      error text not null,
      at integer not null,
      primary key (shard, position)
    ) strict;

CREATE TABLE holdfast_relays (
      shard text primary key not null,
      fence integer not null,
      owner text not null,
      leased_until integer not null,
      deaths integer not null,
      resumed integer not null,
      low integer not null
    ) strict;

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

CREATE TABLE holdfast_subjects (
      subject blob primary key not null,
      records text not null,
      lowest integer check (lowest >= 0),
      highest integer check (highest <= 9007199254740991)
    ) strict, without rowid;

CREATE TABLE sqlite_sequence(name,seq);
