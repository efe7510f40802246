import type { TableNames } from '../../table-names.js'

/** Most that a counter may hold: beyond, JavaScript would round. */
const MOST = 9007199254740991

const counters = ['available', 'reserved', 'sold', 'backordered', 'supplied', 'archived']

/**
 * Ids, SKUs, pools and subjects are kept as bytes (BLOB): SQLite promises nothing for text that holds a NUL. Tables
 * are STRICT, so that nothing but an integer gets into a counter. See ARCHITECTURE in the package's README for why
 * orders have a number beside their id and records lie by subject.
 */
export function tables(names: TableNames): readonly string[] {
  return [...partitions(names), ...accounts(names), ...orders(names), ...history(names), ...flows(names)]
}

function partitions({ partitions }: TableNames): readonly string[] {
  return [
    `create table ${partitions} (
      name text primary key not null,
      epoch integer not null,
      sequence integer not null,
      events integer not null
    ) strict, without rowid`,
    `insert into ${partitions} (name, epoch, sequence, events) values ('main', 1, 0, 0)`,
  ]
}

function accounts({ accounts, movements, owed }: TableNames): readonly string[] {
  return [
    `create table ${accounts} (
      number integer primary key,
      sku blob not null,
      pool blob not null,
      ${counters.map((name) => `${name} integer not null check (${name} between 0 and ${MOST})`).join(',\n      ')},
      opens_at integer,
      closes_at integer,
      backorder_limit integer not null,
      config_version integer not null,
      version integer not null,
      unique (sku, pool),
      check (available + reserved + sold = supplied)
    ) strict`,
    // Few accounts owe units, and those are looked for all the time.
    `create index ${accounts}_owing on ${accounts} (sku, pool) where backordered > 0`,
    `create table ${movements} (
      account integer not null,
      movement blob not null,
      data text not null,
      at integer not null,
      primary key (account, movement)
    ) strict, without rowid`,
    `create table ${owed} (
      account integer not null,
      id blob not null,
      position integer not null,
      primary key (account, id)
    ) strict, without rowid`,
    `create index ${owed}_by_position on ${owed} (account, position)`,
  ]
}

function orders({ orders, records }: TableNames): readonly string[] {
  return [
    `create table ${orders} (
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
    ) strict`,
    `create index ${orders}_due on ${orders} (due_at) where due_at is not null`,
    `create index ${orders}_ended on ${orders} (ended_at) where ended_at is not null`,
    `create unique index ${orders}_queue on ${orders} (queued) where queued is not null`,
    // A fresh grant is awaiting payment and costs this index nothing; those are found by their due time.
    `create index ${orders}_by_status on ${orders} (order_status) where order_status <> 'awaiting-payment'`,
    `create table ${records} (
      subject blob not null,
      kind text not null,
      scope blob not null,
      used integer check (used between 0 and ${MOST}),
      archived integer check (archived between 0 and ${MOST}),
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
    ) strict, without rowid`,
  ]
}

function history({ ledger, outbox }: TableNames): readonly string[] {
  return [
    `create table ${ledger} (
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
    ) strict`,
    `create index ${ledger}_by_account on ${ledger} (account)`,
    `create table ${outbox} (
      seq integer primary key,
      id text not null,
      aggregatetype text not null,
      aggregateid blob not null,
      type text not null,
      payload text not null,
      version integer not null,
      order_version integer,
      at integer not null
    ) strict`,
  ]
}

function flows({ campaigns, compensations }: TableNames): readonly string[] {
  return [
    `create table ${campaigns} (
      number integer primary key,
      id blob not null unique,
      status text not null,
      version integer not null,
      state text not null
    ) strict`,
    `create table ${compensations} (
      number integer primary key,
      id blob not null unique,
      status text not null,
      version integer not null,
      next_attempt_at integer,
      leased_until integer,
      state text not null
    ) strict`,
    `create index ${compensations}_open on ${compensations} (status) where status <> 'done'`,
  ]
}
