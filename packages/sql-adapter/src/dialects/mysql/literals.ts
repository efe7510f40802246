import type { Column, Row } from '../server/column.js'

/** Values of a row as they stand in a statement: drivers would send each by itself, or go through the text once more. */
export function literals(columns: readonly Column[], row: Row): string {
  let list = ''
  for (let index = 0; index < columns.length; index++) {
    const text = literal((columns[index] as Column).type, row[index] ?? null)
    list += index === 0 ? text : `,${text}`
  }
  return list
}

export function literal(type: Column['type'], value: Row[number]): string {
  if (value === null) return 'null'
  if (type === 'integer') return String(value)
  return type === 'bytes' ? bytesLiteral(String(value)) : textLiteral(String(value))
}

/** What ends a string, and what would take its end away; JSON has neither but within its strings. */
function textLiteral(text: string): string {
  let escaped = text
  if (escaped.includes('\\')) escaped = escaped.replaceAll('\\', '\\\\')
  if (escaped.includes("'")) escaped = escaped.replaceAll("'", "\\'")
  return `'${escaped}'`
}

/** Printing ASCII that needs no escape, which is the same in whatever character set the connection has. */
const PLAIN = /^[ !#-&(-[\]-~]*$/

/**
 * Bytes of UTF-8; nearly all ids are plain. They are told to be bytes: rows of texts beside a column of bytes could be
 * compared with each of its values alone, and be found by none.
 */
function bytesLiteral(text: string): string {
  return PLAIN.test(text) ? `_binary'${text}'` : `x'${Buffer.from(text, 'utf8').toString('hex')}'`
}
