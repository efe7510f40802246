import type { Column, Row } from '../server/column.js'
import type { Asked, Keyed, Question } from '../server/question.js'
import { isKeyed } from '../server/question.js'
import { tableOf } from './given-rows.js'
import { literal, literals } from './literals.js'

export interface AskedStatement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** So few keys are better written out than made a table of. */
const FEW = 8
/** Where every first column meets every rest of a key, at most so many more are looked up than were asked for. */
const MOST_WASTED = 2

/** One question as a statement that looks each key up in its index. */
export function questionStatement(question: Question, isMariadb: boolean, locking: boolean): AskedStatement {
  const end = locking ? ' for update' : ''
  if (!isKeyed(question)) {
    const { columns, table, rest, parameters } = question
    const read = columns.map(({ name, sql }) => (sql === undefined ? name : `${sql} as ${name}`))
    return { sql: `select ${read.join(', ')} from ${table} ${rest}${end}`, parameters }
  }
  const { columns, table, key, keys } = question
  const read = columns.map(({ name, sql }) => (sql === undefined ? `t.${name}` : `${sql} as ${name}`))
  const select = `select ${read.join(', ')} from`
  if (key.length === 1) {
    const values = keys.map((row) => literals(key, row))
    return {
      sql: `${select} ${table} t where t.${key[0]?.name} in (${values.join(',')})${end}`,
      parameters: [],
    }
  }
  if (keys.length <= FEW) {
    const conditions = keys.map((row) =>
      key.map(({ name, type }, index) => `t.${name} = ${literal(type, row[index] ?? null)}`).join(' and '),
    )
    return { sql: `${select} ${table} t where (${conditions.join(') or (')})${end}`, parameters: [] }
  }
  const asked = partsOf(key, keys).map(({ columns, rows }, part) => {
    const on = columns.map(({ name }, index) => `t.${name} = k${part}.v${index}`)
    return { table: `${tableOf(rows, columns.length, isMariadb)} k${part}`, on }
  })
  const tables = asked.map((part) => part.table).join(' straight_join ')
  const on = asked.flatMap((part) => part.on).join(' and ')
  return { sql: `${select} ${tables} straight_join ${table} t on ${on}${end}`, parameters: [] }
}

interface KeyPart {
  readonly columns: readonly Column[]
  readonly rows: readonly string[]
}

/** Keys whole, or their first columns and the rests by themselves, where few of these are repeated over and over. */
function partsOf(key: readonly Column[], keys: readonly Row[]): readonly KeyPart[] {
  const [first, ...rest] = key as [Column, ...Column[]]
  const firsts = new Set(keys.map((row) => literals([first], row)))
  const rests = new Set(keys.map((row) => literals(rest, row.slice(1))))
  if (firsts.size * rests.size <= MOST_WASTED * keys.length) {
    return [
      { columns: [first], rows: [...firsts] },
      { columns: rest, rows: [...rests] },
    ]
  }
  return [{ columns: key, rows: [...new Set(keys.map((row) => literals(key, row)))] }]
}

/** Strings of what the tables keep as bytes, and no rows but those that were asked for. */
export function answerTo(question: Question, rows: readonly (readonly unknown[])[]): readonly Row[] {
  const all = rows.map((row) => question.columns.map((column, index) => decoded(column, row[index])))
  if (!isKeyed(question) || question.key.length === 1 || all.length === 0) return all
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
