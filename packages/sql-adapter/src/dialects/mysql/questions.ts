import type { Row } from '../server/column.js'
import type { Asked, Keyed, Question } from '../server/question.js'
import { isKeyed } from '../server/question.js'
import type { Statements } from './statements.js'

export interface AskedStatement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/**
 * One question as a statement. Of keys with several columns each column is asked for by itself, which the range optimizer
 * turns into look-ups; what is no key of a row together is left out of the answer by `answerTo`.
 */
export function questionStatement(
  question: Question,
  statements: Statements,
  locking: boolean,
): AskedStatement {
  const read = question.columns
    .map(({ name, sql }) => (sql === undefined ? name : `${sql} as ${name}`))
    .join(', ')
  const end = locking ? ' for update' : ''
  if (!isKeyed(question)) {
    const { table, rest, parameters } = question
    return { sql: `select ${read} from ${table} ${rest}${end}`, parameters }
  }
  const { table, key, keys } = question
  const conditions = key.map((column, index) => {
    const values = new Set(keys.map((row) => statements.values([column], [row[index] ?? null])[0]))
    return `t.${column.name} in (${[...values].join(',')})`
  })
  return { sql: `select ${read} from ${table} t where ${conditions.join(' and ')}${end}`, parameters: [] }
}

/** Strings of what the tables keep as bytes, and no rows but those that were asked for. */
export function answerTo(question: Question, rows: readonly (readonly unknown[])[]): readonly Row[] {
  const all = rows.map((row) => question.columns.map((column, index) => decoded(column, row[index])))
  if (!isKeyed(question) || question.key.length === 1) return all
  const places = placesOfKey(question)
  const asked = new Set(question.keys.map((key) => JSON.stringify(key)))
  return all.filter((row) => asked.has(JSON.stringify(places.map((place) => row[place]))))
}

function placesOfKey({ columns, key }: Keyed): readonly number[] {
  return key.map(({ name }) => columns.findIndex((column) => column.name === name))
}

function decoded({ type }: Asked, value: unknown): Row[number] {
  if (value === null || value === undefined) return null
  if (type === 'integer') return Number(value)
  return Buffer.isBuffer(value) ? value.toString('utf8') : String(value)
}
