import { randomUUID } from 'node:crypto'
import type { Message, Outbox, OutboxWriter } from '@holdfast/core/adapter'
import { fromKafkajs } from '@holdfast/kafka-adapter'
import { SqlOutbox } from '@holdfast/sql-adapter'
import { Kafka, logLevel } from 'kafkajs'
import createKnex, { type Knex } from 'knex'

/** Where messages are written, and where they go: told to each process of a scene by its environment. */
export interface Place {
  readonly databaseUrl: string
  readonly brokers: string[]
  readonly topic: string
}

const PARTITIONS = 12

/** A database of its own on the server, and a topic of its own. */
export async function newPlace(
  serverUrl: string,
  brokers: string[],
  replicas = 1,
): Promise<Place & { drop(): Promise<void> }> {
  const name = `faults_${randomUUID().replaceAll('-', '')}`
  const topic = `faults-${randomUUID()}`
  await administer(serverUrl, `create database ${name}`)
  const databaseUrl = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href
  await fromKafkajs(kafkaAt(brokers)).ensureTopics([{ topic, partitions: PARTITIONS, replicas }], {
    signal: AbortSignal.timeout(120_000),
  })
  const knex = knexAt(databaseUrl)
  await new SqlOutbox(knex).migrate()
  await knex.schema.createTable('things', (table) => {
    table.text('key').primary()
    table.integer('version').notNullable()
  })
  await knex.schema.createTable('handled', (table) => {
    table.bigIncrements('number')
    table.text('key').notNullable()
    table.integer('version').notNullable()
  })
  await knex.destroy()
  const drop = () => administer(serverUrl, `drop database ${name} with (force)`)
  return { databaseUrl, brokers, topic, drop }
}

async function administer(url: string, statement: string): Promise<void> {
  const knex = knexAt(url)
  try {
    await knex.raw(statement)
  } finally {
    await knex.destroy()
  }
}

export function kafkaAt(brokers: string[]): Kafka {
  return new Kafka({
    clientId: 'faults',
    brokers,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
  })
}

export function knexAt(connection: string): Knex {
  return createKnex({ client: 'pg', connection, pool: { min: 0, max: 8 } })
}

export function outboxOf(knex: Knex): Outbox & OutboxWriter<Knex.Transaction> {
  return new SqlOutbox(knex)
}

/**
 * Changes a thing and tells of it, as a shop does: its row is locked before the message is written. The message says which
 * version of its key it is, from 1.
 */
export async function change(
  outbox: OutboxWriter<Knex.Transaction>,
  trx: Knex.Transaction,
  key: string,
  payloadOf: (version: number) => string = (version) => JSON.stringify({ version }),
): Promise<void> {
  const { rows } = await trx.raw(
    'insert into things values (?, 1) on conflict (key) do update set version = things.version + 1 returning version',
    [key],
  )
  const version = Number(rows[0].version)
  await outbox.write(trx, [messageOf(key, version, payloadOf(version))])
}

function messageOf(key: string, version: number, payload: string): Message {
  return {
    id: `${key}/${version}`,
    aggregate: 'thing',
    key,
    type: 'thing.changed',
    payload,
    at: 0,
    headers: { version: String(version) },
  }
}
