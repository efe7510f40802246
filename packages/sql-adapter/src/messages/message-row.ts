import type { Message } from '@holdfast/core/adapter'
import { bytesOf, numberOf, type Row, textOf } from './database.js'

const JSON_HEADERS = Object.freeze({ 'content-type': 'application/json' })
const BYTES_TYPE = 'application/octet-stream'

/** In the order of `MESSAGE_COLUMNS`. */
export function valuesOf({ id, aggregate, key, type, payload, headers, at }: Message): readonly unknown[] {
  const isText = typeof payload === 'string'
  const kept = isText || 'content-type' in headers ? headers : { ...headers, 'content-type': BYTES_TYPE }
  const columnOfHeaders = Object.keys(kept).length === 0 ? null : JSON.stringify(kept)
  const bytes = isText ? bytesOf(payload) : Buffer.from(payload)
  return [bytesOf(id), aggregate, bytesOf(key), type, bytes, columnOfHeaders, at]
}

/** The payload stays as the database gives it, as a broker takes both: text or bytes. */
export function messageOf(row: Row): Message {
  const { headers } = row
  const kept: Record<string, string> = headers === null ? {} : JSON.parse(textOf(headers))
  return {
    id: textOf(row.id),
    aggregate: textOf(row.aggregatetype),
    key: textOf(row.aggregateid),
    type: textOf(row.type),
    payload: (row.told ?? row.payload) as string | Buffer,
    at: numberOf(row.at),
    headers: headers === null ? JSON_HEADERS : { ...JSON_HEADERS, ...kept },
  }
}
