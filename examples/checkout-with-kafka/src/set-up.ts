import { SqlInbox, SqlStore } from '@holdfast/sql-adapter'
import type { Knex } from 'knex'
import { openDatabase, openKafka, topicsOf } from './connections.js'
import { openDesk } from './desk.js'

/** What the store tells of. */
const AGGREGATES = ['order', 'reservation', 'stock-account', 'campaign', 'compensation']

/** Under the same ids at every start: what was delivered is not delivered again. */
const DELIVERIES = [
  { id: 'opening-phone', sku: 'PHONE', quantity: 3 },
  { id: 'opening-case', sku: 'CASE', quantity: 1_000 },
]

export interface Place {
  /** A PostgreSQL server, by any database of it. */
  readonly databaseUrl: string
  readonly brokers: string
  /** Begins the names of its databases and topics. */
  readonly shop: string
}

/**
 * Makes what is not there yet: a database for the shop and one for shipping, the topics, the opening stock. A shop would
 * do this when it deploys. Returns what its programs are to find in their environment.
 */
export async function setUp({ databaseUrl, brokers, shop }: Place) {
  const shopUrl = await makeDatabase(databaseUrl, shop, async (db) => {
    await new SqlStore(db).migrate()
    await makeTable(db, 'orders', (table) => {
      table.text('id').primary()
      table.text('user_id').notNullable()
      table.integer('total').notNullable()
      table.text('status')
    })
    await makeTable(db, 'refunds', (table) => {
      table.text('id').primary().comment('the idempotency key that the payment provider is given')
      table.text('order_id').notNullable()
      table.text('payment_id').notNullable()
      table.text('why').notNullable()
    })
    const desk = openDesk(db)
    for (const delivery of DELIVERIES) await desk.restock(delivery)
    await desk.close()
  })
  const shippingUrl = await makeDatabase(databaseUrl, `${shop}_shipping`, async (db) => {
    await new SqlInbox(db).migrate()
    await makeTable(db, 'shipments', (table) => {
      table.increments('id')
      // Not unique: that there is one of each order is the inbox's doing.
      table.text('order_id').notNullable().index()
      table.jsonb('lines').notNullable()
    })
  })
  const topicOf = topicsOf(shop)
  await openKafka(brokers).ensureTopics(
    AGGREGATES.map((aggregate) => ({ topic: topicOf({ aggregate }), partitions: 6 })),
  )
  const kafka = { KAFKA_BROKERS: brokers, SHOP: shop }
  return {
    web: { DATABASE_URL: shopUrl },
    worker: { DATABASE_URL: shopUrl, ...kafka },
    shipping: { DATABASE_URL: shippingUrl, ...kafka },
  }
}

/** @returns its URL */
async function makeDatabase(serverUrl: string, name: string, fill: (db: Knex) => Promise<void>) {
  await withDatabase(serverUrl, async (server) => {
    const [known] = await server('pg_database').where({ datname: name })
    if (known === undefined) await server.raw('create database ??', [name])
  })
  const url = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href
  await withDatabase(url, fill)
  return url
}

async function makeTable(db: Knex, name: string, columns: (table: Knex.CreateTableBuilder) => void) {
  if (!(await db.schema.hasTable(name))) await db.schema.createTable(name, columns)
}

async function withDatabase(url: string, work: (db: Knex) => Promise<void>): Promise<void> {
  const db = openDatabase(url)
  try {
    await work(db)
  } finally {
    await db.destroy()
  }
}
