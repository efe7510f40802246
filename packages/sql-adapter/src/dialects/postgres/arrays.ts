import type { Column, ColumnType, Row } from '../server/column.js'

type Value = Row[number]

/** Between the texts of one parameter, and for one that is not there: characters that JSON escapes and no name holds. */
const BETWEEN = '\u001f'
const ABSENT = '\u001e'

/** Parameters of one statement. */
export class Parameters {
  readonly values: unknown[] = []

  /** Returns what stands for it in the statement. */
  add(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  /** Rows as a table `alias`, its columns `names`: one array for each column, however many rows. */
  table(
    alias: string,
    names: readonly string[],
    columns: readonly Column[],
    rows: readonly Row[],
    ordinality = '',
  ): string {
    const arrays = columns.map(({ type }, index) => this.array(type, rows, index))
    const counted = ordinality === '' ? '' : ' with ordinality'
    const all = ordinality === '' ? names : [...names, ordinality]
    return `unnest(${arrays.join(', ')})${counted} as ${alias}(${all.join(', ')})`
  }

  private array(type: ColumnType, rows: readonly Row[], column: number): string {
    switch (type) {
      case 'bytes':
        return `${this.add(literal(rows, column, quotedBytes))}::bytea[]`
      case 'integer':
        return `${this.add(literal(rows, column, String))}::bigint[]`
      case 'text':
        return this.texts(rows, column)
    }
  }

  /** Joined by a character that none of them holds, they need no escaping; where one does hold it, they do. */
  private texts(rows: readonly Row[], column: number): string {
    let joined = ''
    for (let index = 0; index < rows.length; index++) {
      const value = rows[index]?.[column] ?? ABSENT
      joined += index === 0 ? value : BETWEEN + value
    }
    const isPlain = joined !== '' && rows.every((row) => isPlainText(row[column] ?? null))
    if (isPlain) return `string_to_array(${this.add(joined)}::text, E'\\x1f', E'\\x1e')`
    return `${this.add(literal(rows, column, quotedText))}::text[]`
  }
}

function literal(rows: readonly Row[], column: number, encode: (value: string | number) => string): string {
  let list = ''
  for (let index = 0; index < rows.length; index++) {
    const value = rows[index]?.[column] ?? null
    const item = value === null ? 'NULL' : encode(value)
    list += index === 0 ? item : `,${item}`
  }
  return `{${list}}`
}

function isPlainText(value: Value): boolean {
  return typeof value !== 'string' || !(value.includes(BETWEEN) || value.includes(ABSENT))
}

function quotedBytes(value: string | number): string {
  return `"\\\\x${Buffer.from(String(value), 'utf8').toString('hex')}"`
}

function quotedText(value: string | number): string {
  return `"${String(value).replace(/["\\]/g, '\\$&')}"`
}
