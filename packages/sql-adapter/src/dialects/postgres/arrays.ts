import type { ColumnType, Row } from '../server/column.js'

type Value = Row[number]

/** Object ids of the types that Holdfast's columns have: they are fixed. */
const TYPE_IDS: { readonly [Type in ColumnType]: number } = { bytes: 17, integer: 20, text: 25 }

/** Of the header of an array of one dimension: how many, whether there are nulls, the elements' type, size, lower bound. */
const HEADER = 20
const LENGTH = 4
const INTEGER = 8
/** Most bytes of UTF-8 that one UTF-16 unit takes. */
const WIDEST = 3
const TWO_TO_32 = 2 ** 32

/** One column of rows as an array in PostgreSQL's binary form: neither side has to write or read its values as text. */
export function binaryArray(type: ColumnType, rows: readonly Row[], column: number): Buffer {
  return type === 'integer' ? integers(rows, column) : strings(type, rows, column)
}

function integers(rows: readonly Row[], column: number): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER + rows.length * (LENGTH + INTEGER))
  let at = HEADER
  let hasNull = false
  for (let index = 0; index < rows.length; index++) {
    const value = valueAt(rows, index, column)
    if (value === null) {
      hasNull = true
      at = buffer.writeInt32BE(-1, at)
      continue
    }
    const number = Number(value)
    const high = Math.floor(number / TWO_TO_32)
    at = buffer.writeInt32BE(INTEGER, at)
    at = buffer.writeInt32BE(high, at)
    at = buffer.writeUInt32BE(number - high * TWO_TO_32, at)
  }
  return headed(buffer, at, 'integer', rows.length, hasNull)
}

/** As UTF-8, which `text` and Holdfast's bytes are alike. */
function strings(type: 'bytes' | 'text', rows: readonly Row[], column: number): Buffer {
  let units = 0
  for (let index = 0; index < rows.length; index++) units += String(valueAt(rows, index, column) ?? '').length
  let buffer: Buffer = Buffer.allocUnsafe(HEADER + rows.length * LENGTH + units)
  let at = HEADER
  let hasNull = false
  for (let index = 0; index < rows.length; index++) {
    const value = valueAt(rows, index, column)
    if (value === null) {
      hasNull = true
      at = buffer.writeInt32BE(-1, at)
      continue
    }
    const string = String(value)
    buffer = withRoomFor(string, buffer, at, (rows.length - index) * LENGTH)
    const length = buffer.write(string, at + LENGTH, 'utf8')
    buffer.writeInt32BE(length, at)
    at += LENGTH + length
  }
  return headed(buffer, at, type, rows.length, hasNull)
}

/** Most strings are ASCII and fit into one byte a unit; where they do not, the buffer grows. `lengths`: bytes of those to come. */
function withRoomFor(string: string, buffer: Buffer, at: number, lengths: number): Buffer {
  const left = buffer.length - at - lengths
  if (left >= string.length * WIDEST || left >= Buffer.byteLength(string, 'utf8')) return buffer
  const grown = Buffer.allocUnsafe(buffer.length * 2 + string.length * WIDEST)
  buffer.copy(grown, 0, 0, at)
  return grown
}

function headed(buffer: Buffer, end: number, type: ColumnType, size: number, hasNull: boolean): Buffer {
  buffer.writeInt32BE(1, 0)
  buffer.writeInt32BE(hasNull ? 1 : 0, 4)
  buffer.writeInt32BE(TYPE_IDS[type], 8)
  buffer.writeInt32BE(size, 12)
  buffer.writeInt32BE(1, 16)
  return buffer.subarray(0, end)
}

function valueAt(rows: readonly Row[], row: number, column: number): Value {
  return (rows[row] as Row)[column] ?? null
}
