import type { Knex } from 'knex'

/** Units put in of each SKU: no sale of a bench comes near their end unless it means to. */
export const PLENTY = 1_000_000_000
export const POOL = 'default'

/** The tables of a shop that counts its stock by itself, with the indices that its screens and jobs need. */
export async function createShopTables(db: Knex): Promise<void> {
  await createStockTables(db)
  await createReservationTables(db)
  await createRecordTables(db)
}

export async function stockUp(db: Knex, skus: readonly string[], quantity: number): Promise<void> {
  const rows = skus.map((sku) => ({
    sku,
    pool: POOL,
    available: quantity,
    reserved: 0,
    sold: 0,
    supplied: quantity,
  }))
  await db.batchInsert('stock_accounts', rows, 100)
}

async function createStockTables(db: Knex): Promise<void> {
  await db.schema.createTable('stock_accounts', (table) => {
    table.string('sku', 128).notNullable()
    table.string('pool', 128).notNullable()
    for (const counter of ['available', 'reserved', 'sold', 'supplied']) {
      table.bigInteger(counter).notNullable().checkBetween([0, Number.MAX_SAFE_INTEGER])
    }
    table.primary(['sku', 'pool'])
  })
  await db.schema.createTable('limit_uses', (table) => {
    table.string('rule', 64).notNullable()
    table.string('buyer', 128).notNullable()
    table.string('sku', 128).notNullable()
    table.bigInteger('used').notNullable()
    table.primary(['rule', 'buyer', 'sku'])
  })
  await db.schema.createTable('unpaid_guards', (table) => {
    table.string('buyer', 128).notNullable()
    table.string('sku', 128).notNullable()
    table.string('reservation_id', 128).notNullable()
    table.bigInteger('expires_at').notNullable()
    table.primary(['buyer', 'sku'])
    table.index(['reservation_id'])
  })
}

async function createReservationTables(db: Knex): Promise<void> {
  await db.schema.createTable('reservations', (table) => {
    table.string('id', 128).primary()
    table.string('buyer', 128).notNullable()
    table.string('status', 32).notNullable()
    table.string('fingerprint', 64).notNullable()
    table.bigInteger('reserved_at').notNullable()
    table.bigInteger('expires_at').notNullable()
    table.index(['buyer'])
    table.index(['status', 'expires_at'])
  })
  await db.schema.createTable('reservation_lines', (table) => {
    table.string('reservation_id', 128).notNullable()
    table.string('sku', 128).notNullable()
    table.string('pool', 128).notNullable()
    table.bigInteger('quantity').notNullable()
    table.primary(['reservation_id', 'sku', 'pool'])
  })
}

async function createRecordTables(db: Knex): Promise<void> {
  await db.schema.createTable('orders', (table) => {
    table.string('id', 128).primary()
    table.string('buyer', 128).notNullable()
    table.string('status', 32).notNullable()
    table.text('data').notNullable()
    table.bigInteger('placed_at').notNullable()
    table.bigInteger('pay_by').notNullable()
    table.index(['buyer'])
    table.index(['status', 'pay_by'])
  })
  await db.schema.createTable('ledger', (table) => {
    table.bigIncrements('position')
    table.string('sku', 128).notNullable()
    table.string('pool', 128).notNullable()
    table.string('reservation_id', 128).notNullable()
    table.string('cause', 32).notNullable()
    table.bigInteger('available').notNullable()
    table.bigInteger('reserved').notNullable()
    table.bigInteger('at').notNullable()
    table.index(['sku', 'pool'])
    table.index(['reservation_id'])
  })
  await db.schema.createTable('outbox', (table) => {
    table.bigIncrements('position')
    table.string('subject', 128).notNullable()
    table.string('type', 64).notNullable()
    table.text('payload').notNullable()
    table.bigInteger('created_at').notNullable()
    table.bigInteger('published_at')
    table.index(['published_at'])
  })
}
