import type { ColumnType, Row } from '../server/column.js'
import type { Asked, Keyed } from '../server/question.js'
import { Parameters } from './parameters.js'

const TYPES: { readonly [Type in ColumnType]: string } = { bytes: 'bytea', integer: 'bigint', text: 'text' }

/**
 * Several questions as one statement: all answers in one table, whose columns they share type by type. Its first column
 * says whose row it is.
 */
export function readStatement(questions: readonly Keyed[]): {
  readonly text: string
  readonly values: readonly unknown[]
  readonly answersOf: (rows: readonly Row[]) => readonly (readonly Row[])[]
} {
  const parameters = new Parameters()
  const slots = slotsFor(questions)
  const selects = questions.map((question, index) => select(question, index, slots, parameters))
  return {
    text: selects.join(' union all '),
    values: parameters.values,
    answersOf: (rows) => {
      const answers: Row[][] = questions.map(() => [])
      const places = questions.map(({ columns }) => placesOf(columns, slots))
      for (const row of rows) {
        const index = row[0] as number
        answers[index]?.push((places[index] ?? []).map((place) => row[place + 1] ?? null))
      }
      return answers
    },
  }
}

/** As many of each type as the question that has most of them. */
function slotsFor(questions: readonly Keyed[]): readonly ColumnType[] {
  const most = (type: ColumnType) =>
    Math.max(...questions.map(({ columns }) => columns.filter((column) => column.type === type).length))
  return (['bytes', 'integer', 'text'] as const).flatMap(
    (type) => Array(most(type)).fill(type) as ColumnType[],
  )
}

/** Where each column lies among the slots. */
function placesOf(columns: readonly Asked[], slots: readonly ColumnType[]): readonly number[] {
  const next = {
    bytes: slots.indexOf('bytes'),
    integer: slots.indexOf('integer'),
    text: slots.indexOf('text'),
  }
  return columns.map(({ type }) => next[type]++)
}

function select(
  { columns, table, key, keys }: Keyed,
  index: number,
  slots: readonly ColumnType[],
  parameters: Parameters,
): string {
  const places = placesOf(columns, slots)
  const values = slots.map((type) => `null::${TYPES[type]}`)
  columns.forEach(({ name }, at) => {
    values[places[at] as number] = `r.${name}`
  })
  const names = key.map((_, at) => `k${at}`)
  const asked = parameters.table('k', names, key, keys)
  const condition = key.map(({ name }, at) => `t.${name} = k.k${at}`).join(' and ')
  const read = columns
    .map(({ name, sql }) => (sql === undefined ? `t.${name}` : `${sql} as ${name}`))
    .join(', ')
  // `offset 0` keeps it a look-up by index for each key: asked for all at once, smaller tables are scanned.
  return `select ${index}::int, ${values.join(', ')} from ${asked}
    cross join lateral (select ${read} from ${table} t where ${condition} offset 0) r`
}
