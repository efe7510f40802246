import { expect, test } from 'vitest'
import { SqlOutbox } from '../src/index.js'
import { MessageDatabase } from '../src/messages/database.js'
import { onEach } from './databases.js'

const WAITING = 20_000
const ANALYZE = { sqlite: 'analyze', postgres: 'analyze', mariadb: 'analyze table', pgbouncer: 'analyze' }
const EXPLAIN = {
  sqlite: 'explain query plan',
  postgres: 'explain',
  mariadb: 'explain',
  pgbouncer: 'explain',
}
/** How a plan tells that a whole table is read. */
const WHOLE_TABLE = {
  sqlite: /"SCAN (?!r)/,
  postgres: /Seq Scan/,
  mariadb: /"type":"(ALL|index)"/,
  pgbouncer: /Seq Scan/,
}

await onEach(['sqlite', 'postgres', 'mariadb'], (database) => {
  test('what was sent, and what came late, is found by its key: a backlog costs each message the same', async () => {
    const knex = database.connect()
    const outbox = new SqlOutbox(knex)
    await outbox.migrate()
    const messages = Array.from({ length: WAITING }, (_, n) => ({
      ...{ id: `m${n}`, aggregate: 'thing', key: `key-${n % 1_000}`, type: 'thing.changed' },
      ...{ payload: `{"n":${n}}`, at: 0, headers: {} },
    }))
    await knex.transaction((trx) => outbox.write(trx, messages))
    const { names, spelling } = new MessageDatabase(knex)
    await knex.raw(`${ANALYZE[database.kind]} ${names.messages}`)

    // One partition's of twelve, as they are acknowledged.
    const sent = Array.from({ length: 400 }, (_, n) => 10_000 + 12 * n)
    const gaps = [1_000, 5_000, 15_000].map((from) => [from, from + 3] as const)
    const statements = [
      ...spelling.deleteNumbered(names.messages, sent),
      spelling.readRanges(names.messages, 'seq, id', gaps),
    ]
    for (const { sql, values } of statements) {
      const explained = await knex.raw(`${EXPLAIN[database.kind]} ${sql}`, values as never)
      const plan = JSON.stringify(spelling.rowsOf(explained))
      expect(plan).not.toMatch(WHOLE_TABLE[database.kind])
    }
    const before = Number((await knex(names.messages).count({ count: '*' }))[0]?.count)
    for (const { sql, values } of spelling.deleteNumbered(names.messages, sent))
      await knex.raw(sql, values as never)
    expect(Number((await knex(names.messages).count({ count: '*' }))[0]?.count)).toBe(before - sent.length)
    const { sql, values } = spelling.readRanges(names.messages, 'seq, id', gaps)
    expect(spelling.rowsOf(await knex.raw(sql, values as never))).toHaveLength(12)
  })
})
