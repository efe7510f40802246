import fc from 'fast-check'
import type { Knex } from 'knex'
import { afterAll, describe, expect, test } from 'vitest'
import { givenRows, tableOf } from '../src/dialects/mysql/given-rows.js'
import { literals } from '../src/dialects/mysql/literals.js'
import { Parameters } from '../src/dialects/postgres/parameters.js'
import { bytes, integer, type Row, text } from '../src/dialects/server/column.js'
import { newDatabase } from './servers.js'

// Rows of a batch stand in its statements in forms that the servers read fastest: they must read what was meant.

const COLUMNS = [integer('number'), bytes('id'), text('claims'), integer('at'), bytes('again')]

const character = fc.constantFrom(...'aZ09-_/:. \'"\\`?,{}$%\n', '\u001e', '\u001f', 'é', 'ß', '漢', '🦆')
const string = fc.string({ unit: character, maxLength: 40 })
const idOrNull = fc.option(fc.tuple(string, fc.constantFrom('', '\0')).map(([id, end]) => id + end))
const whole = fc.option(fc.maxSafeInteger())

/** Columns that differ, are alike, repeat another one, or hold nothing; each row has a number of its own. */
const rows: fc.Arbitrary<readonly Row[]> = fc
  .record({
    values: fc.array(fc.tuple(idOrNull, fc.option(string), whole), { minLength: 1, maxLength: 30 }),
    isAlike: fc.boolean(),
    isRepeated: fc.boolean(),
  })
  .map(({ values, isAlike, isRepeated }) =>
    values.map(([id, claims, at], index) => {
      const sameOrNot = isAlike ? (values[0]?.[2] ?? null) : at
      return [index, id, claims, sameOrNot, isRepeated ? id : `${index}`]
    }),
  )

/** As a driver hands rows over: bytes as buffers, large numbers as strings. */
function decoded(read: readonly Readonly<Record<string, unknown>>[]): readonly Row[] {
  const all = read.map((row) =>
    COLUMNS.map(({ type }, index) => {
      const value = row[`c${index}`]
      if (value === null) return null
      if (type === 'integer') return Number(value)
      return Buffer.isBuffer(value) ? value.toString('utf8') : (value as string)
    }),
  )
  return all.sort(([one], [other]) => Number(one) - Number(other))
}

const names = COLUMNS.map((_, index) => `c${index}`)

/** The rows as a server reads them out of a statement. */
const FORMS = {
  postgres: {
    'binary arrays': async (knex: Knex, rows: readonly Row[]) => {
      const parameters = new Parameters()
      const from = parameters.table('v', names, COLUMNS, rows)
      const connection = await knex.client.acquireConnection()
      try {
        return (await connection.query(`select * from ${from}`, parameters.values)).rows
      } finally {
        await knex.client.releaseConnection(connection)
      }
    },
  },
  mariadb: {
    literals: async (knex: Knex, rows: readonly Row[]) => {
      const tuples = rows.map((row) => literals(COLUMNS, row))
      return read(
        knex,
        `select ${aliased((index) => `v${index}`)} from ${tableOf(tuples, names.length, true)} t`,
      )
    },
    'literals, as MySQL takes them': async (knex: Knex, rows: readonly Row[]) => {
      const tuples = rows.map((row) => literals(COLUMNS, row))
      return read(
        knex,
        `select ${aliased((index) => `v${index}`)} from ${tableOf(tuples, names.length, false)} t`,
      )
    },
    'given rows': async (knex: Knex, rows: readonly Row[]) => {
      const { values, beside } = givenRows(COLUMNS, rows, true)
      return read(knex, `select ${aliased((index) => values[index] ?? '')} from ${beside('(select 1)')}`)
    },
  },
} as const

function aliased(value: (index: number) => string): string {
  return names.map((name, index) => `${value(index)} as ${name}`).join(', ')
}

async function read(knex: Knex, sql: string) {
  const connection = await knex.client.acquireConnection()
  try {
    return await new Promise<readonly Record<string, unknown>[]>((resolve, reject) => {
      connection.query({ sql }, (error: Error | null, found: Record<string, unknown>[]) =>
        error === null ? resolve(found) : reject(error),
      )
    })
  } finally {
    await knex.client.releaseConnection(connection)
  }
}

for (const kind of ['postgres', 'mariadb'] as const) {
  const database = await newDatabase(kind)
  describe.skipIf(database === null)(kind, () => {
    if (database === null) return
    const knex = database.connect()
    afterAll(async () => {
      await knex.destroy()
      await database.drop()
    })
    test.each(Object.entries(FORMS[kind]))('reads the rows that were meant: %s', async (_, form) => {
      await fc.assert(
        fc.asyncProperty(rows, async (meant) => {
          expect(decoded(await form(knex, meant))).toEqual(meant)
        }),
        { numRuns: 60 },
      )
    })
  })
}
