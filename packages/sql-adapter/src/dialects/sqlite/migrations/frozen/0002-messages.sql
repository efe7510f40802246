create table if not exists holdfast_messages (
      seq integer primary key autoincrement,
      id blob not null,
      aggregatetype text not null,
      aggregateid blob not null,
      type text not null,
      payload blob not null,
      headers text,
      at integer not null
    ) strict;

create table if not exists holdfast_relays (
      shard text primary key not null,
      fence integer not null,
      owner text not null,
      leased_until integer not null,
      deaths integer not null,
      resumed integer not null,
      low integer not null
    ) strict;

create table if not exists holdfast_parked_messages (
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

create table if not exists holdfast_key_troubles (
      shard text not null,
      aggregatetype text not null,
      aggregateid blob not null,
      position integer not null,
      started integer not null,
      finished integer not null,
      error text not null,
      primary key (shard, aggregatetype, aggregateid)
    ) strict;

create table if not exists holdfast_inbox (
      consumer blob not null,
      source blob not null,
      id blob not null,
      started integer not null,
      finished integer not null,
      done_at integer,
      error text,
      primary key (consumer, source, id)
    ) strict;

create table if not exists holdfast_half_messages (
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

create table if not exists holdfast_local_transactions (
      id blob primary key not null,
      status text not null,
      fingerprint text not null,
      at integer not null
    ) strict;

create index if not exists holdfast_inbox_done_at on holdfast_inbox (done_at);

create index if not exists holdfast_half_messages_next_check_at on holdfast_half_messages (next_check_at);

create index if not exists holdfast_half_messages_decided_at on holdfast_half_messages (decided_at);

create index if not exists holdfast_local_transactions_at on holdfast_local_transactions (at);
