import type { IncomingRecord, Message, MessageName, OutgoingRecord } from '../port/message.js'

/** Names the topic of what it tells of. */
export type TopicOf = (message: Pick<Message, 'aggregate'>) => string

/** As Debezium's outbox router names them, but for its prefix. */
export const defaultTopic: TopicOf = ({ aggregate }) => `holdfast.${aggregate}`

const SPEC_VERSION = '1.0'
const CONTENT_TYPE = 'content-type'
const JSON_TYPE = 'application/json'
const BYTES_TYPE = 'application/octet-stream'

/**
 * A message as a record: CloudEvents 1.0 in the binary form of its Kafka binding, the attributes as headers with `ce_` in
 * front; W3C's `traceparent` and a shop's own headers go beside them under their own names. What every record would say is
 * left out, for each header takes a twentieth of a client's time: `subject` is the key, and what names no content type is JSON.
 */
export function recordOf(message: Message, source: string, topicOf: TopicOf): OutgoingRecord {
  const { key, payload } = message
  return { topic: topicOf(message), key, value: payload, headers: headersOf(message, source) }
}

function headersOf(
  { id, type, payload, at, headers: own }: Message,
  source: string,
): OutgoingRecord['headers'] {
  const headers: Record<string, string> = {
    ce_specversion: SPEC_VERSION,
    ce_id: id,
    ce_source: source,
    ce_type: type,
    ce_time: new Date(at).toISOString(),
  }
  for (const name in own) if (name !== CONTENT_TYPE) headers[name] ??= own[name] as string
  const contentType = own[CONTENT_TYPE] ?? (typeof payload === 'string' ? JSON_TYPE : BYTES_TYPE)
  if (contentType !== JSON_TYPE) headers[CONTENT_TYPE] = contentType
  return headers
}

/** A message as its consumer gets it. */
export interface ReceivedMessage extends MessageName {
  /** `order.paid`; empty if the record says nothing of it. */
  readonly type: string
  /** What it tells of: the key. */
  readonly subject: string
  readonly time: Date
  /** The payload, parsed if it is JSON; else its bytes, or `null`. */
  readonly data: unknown
  /** Those that are no CloudEvents attributes, `traceparent` among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly record: IncomingRecord
}

/**
 * The message that a record carries. One that was not written by Holdfast has what is known of it: Debezium's `id`
 * header, or else its place in the topic for an id.
 *
 * @throws SyntaxError if it says that it is JSON and is not
 */
export function receivedFrom(record: IncomingRecord): ReceivedMessage {
  const attributes = new Map<string, string>()
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(record.headers)) {
    if (value === undefined) continue
    const text = textOf(value)
    if (name.startsWith('ce_')) attributes.set(name.slice(3), text)
    else headers[name] = text
  }
  const subject = attributes.get('subject') ?? (record.key === null ? '' : textOf(record.key))
  return {
    ...nameOf(record),
    type: attributes.get('type') ?? '',
    subject,
    time: new Date(attributes.get('time') ?? record.at),
    data: dataOf(record.value, headers[CONTENT_TYPE]),
    headers,
    record,
  }
}

/** What an inbox knows the record's message by. */
export function nameOf({ headers, topic, partition, offset }: IncomingRecord): MessageName {
  const id = headers.ce_id ?? headers.id
  const source = headers.ce_source
  return {
    source: source === undefined ? topic : textOf(source),
    id: id === undefined ? `${partition}/${offset}` : textOf(id),
  }
}

function dataOf(value: Uint8Array | null, type = JSON_TYPE): unknown {
  if (value === null || !isJson(type)) return value
  return JSON.parse(textOf(value))
}

/** `application/json; charset=utf-8`, `application/cloudevents+json` */
function isJson(type: string): boolean {
  return /^[^;]*[/+]json\s*(;|$)/i.test(type)
}

const decoder = new TextDecoder()

function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : decoder.decode(value)
}
