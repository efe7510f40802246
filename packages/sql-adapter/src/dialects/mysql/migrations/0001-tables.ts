import type { TableNames } from '../../table-names.js'

/** Most that a counter may hold: beyond, JavaScript would round. */
const MOST = 9007199254740991

const counters = ['available', 'reserved', 'sold', 'backordered', 'supplied', 'archived']

/** Whatever the database's own defaults are: letters are told apart, and blanks at the end. */
const TABLE = 'engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin'

/** Of an id, SKU or pool: 128 UTF-16 units in UTF-8. */
const ID = 'varbinary(512)'
/** Of what core's policy makes names of; together with the others of a key within what an index takes. */
const NAME = 'varbinary(1024)'

/**
 * Ids, SKUs, pools and subjects are kept as bytes: collations fold case and trim blanks. Each statement can be run
 * again: here none of them can be rolled back, so that a migration killed half-way begins anew.
 */
export function tables(names: TableNames): readonly string[] {
  return [...partitions(names), ...accounts(names), ...orders(names), ...history(names), ...flows(names)]
}

function partitions({ partitions, batches }: TableNames): readonly string[] {
  return [
    `create table if not exists ${partitions} (
      name varchar(64) primary key,
      epoch bigint not null,
      sequence bigint not null,
      events bigint not null
    ) ${TABLE}`,
    // Tokens of transactions: one whose connection broke is found by it, or disowned.
    `create table if not exists ${batches} (
      token char(36) character set ascii primary key,
      at bigint not null,
      disowned boolean not null default false
    ) ${TABLE}`,
    `insert ignore into ${partitions} (name, epoch, sequence, events) values ('main', 1, 0, 0)`,
  ]
}

function accounts({ accounts, movements, owed }: TableNames): readonly string[] {
  return [
    `create table if not exists ${accounts} (
      number bigint auto_increment primary key,
      sku ${ID} not null,
      pool ${ID} not null,
      ${counters.map((name) => `${name} bigint unsigned not null default 0`).join(',\n      ')},
      opens_at bigint,
      closes_at bigint,
      backorder_limit bigint not null default 0,
      config_version bigint not null default 0,
      version bigint not null default 0,
      unique (sku, pool),
      check (available + reserved + sold = supplied),
      check (${counters.map((name) => `${name} <= ${MOST}`).join(' and ')}),
      index (backordered)
    ) ${TABLE}`,
    `create table if not exists ${movements} (
      account bigint not null,
      movement ${ID} not null,
      data longtext not null,
      at bigint not null,
      primary key (account, movement)
    ) ${TABLE}`,
    `create table if not exists ${owed} (
      account bigint not null,
      id ${ID} not null,
      position bigint not null,
      primary key (account, id),
      index (account, position)
    ) ${TABLE}`,
  ]
}

function orders({ orders, records }: TableNames): readonly string[] {
  return [
    `create table if not exists ${orders} (
      number bigint auto_increment primary key,
      id ${ID} not null unique,
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
    ) ${TABLE}`,
    `create table if not exists ${records} (
      subject ${NAME} not null,
      kind varchar(16) character set ascii not null,
      scope ${NAME} not null,
      used bigint unsigned,
      archived bigint unsigned,
      id ${ID},
      expires_at bigint,
      strikes bigint unsigned,
      until bigint,
      tag longtext,
      primary key (subject, kind, scope),
      check (used <= ${MOST} and archived <= ${MOST}),
      check (case kind
        when 'counter' then used is not null and archived is not null
        when 'guard' then id is not null and expires_at is not null
        when 'strikes' then strikes is not null and until is not null
        else false end)
    ) ${TABLE}`,
  ]
}

function history({ ledger, outbox }: TableNames): readonly string[] {
  return [
    `create table if not exists ${ledger} (
      seq bigint auto_increment primary key,
      account bigint not null,
      at bigint not null,
      cause ${ID} not null,
      reservation ${ID},
      movement ${ID},
      available bigint not null,
      reserved bigint not null,
      sold bigint not null,
      backordered bigint not null,
      supplied bigint not null,
      index (account)
    ) ${TABLE}`,
    `create table if not exists ${outbox} (
      seq bigint primary key,
      id varchar(128) character set ascii not null,
      aggregatetype varchar(32) character set ascii not null,
      aggregateid varbinary(2048) not null,
      type varchar(32) character set ascii not null,
      payload longtext not null,
      version bigint not null,
      order_version bigint,
      at bigint not null
    ) ${TABLE}`,
  ]
}

function flows({ campaigns, compensations }: TableNames): readonly string[] {
  return [
    `create table if not exists ${campaigns} (
      number bigint auto_increment primary key,
      id ${ID} not null unique,
      status varchar(32) character set ascii not null,
      version bigint not null,
      state longtext not null
    ) ${TABLE}`,
    `create table if not exists ${compensations} (
      number bigint auto_increment primary key,
      id ${ID} not null unique,
      status varchar(32) character set ascii not null,
      version bigint not null,
      next_attempt_at bigint,
      leased_until bigint,
      state longtext not null,
      index (status)
    ) ${TABLE}`,
  ]
}
