import { Messages } from '@holdfast/core'
import { SqlHalfMessages, SqlLocalTransactions, SqlOutbox } from '@holdfast/sql-adapter'
import type { Knex } from 'knex'
import type { Contender } from '../contender.js'
import { mustEqual } from '../law-broken.js'
import type { DatabaseServer } from '../sql/database-server.js'
import { type BacklogMessage, backlog } from './backlog.js'

const CALLERS = 100

/** A row of the shop's own with a message, by half messages and by an outbox's row in its transaction. */
export function halfMessageContenders(database: DatabaseServer): readonly Contender[] {
  const styles = {
    'outbox row': (knex: Knex) => ({ outbox: new SqlOutbox(knex) }),
    'half message': (knex: Knex) => ({ halfMessages: new SqlHalfMessages(knex) }),
  }
  return Object.entries(styles).flatMap(([name, style]) => [
    contender(database, name, CALLERS, style),
    contender(database, `${name} (one caller)`, 1, style),
  ])
}

function contender(
  database: DatabaseServer,
  name: string,
  callers: number,
  style: (knex: Knex) => { readonly outbox: SqlOutbox } | { readonly halfMessages: SqlHalfMessages },
): Contender {
  return {
    ...{ engine: database.engine, name, unit: 'messages/s' },
    async open() {
      const knex = await database.connect()
      const outbox = new SqlOutbox(knex)
      await outbox.migrate()
      await knex.schema.createTable('payments', (table) => {
        table.bigIncrements('id')
        table.text('order_id').notNullable()
        table.text('told').notNullable()
      })
      const messages = new Messages({ transactions: new SqlLocalTransactions(knex), ...style(knex) })
      let sent = 0
      return {
        callers,
        async call() {
          const [{ n, key, payload }] = backlog(sent++, 1) as readonly [BacklogMessage]
          const row = { order_id: key, told: String(n) }
          const message = { type: 'bench.sent', key, data: payload }
          const told = await messages.send(message, { run: (trx) => trx('payments').insert(row) })
          return told.ok ? 1 : 0
        },
        async checkLaws() {
          const [row] = await knex('payments').countDistinct('told as count')
          mustEqual('local transactions', Number(row?.count), sent)
          mustEqual('messages that wait', (await outbox.metrics()).depth, sent)
        },
        close: () => knex.destroy(),
      }
    },
  }
}
