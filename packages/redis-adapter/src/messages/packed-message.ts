import type { Message } from '@holdfast/core/adapter'
import { Cursor } from '../records/cursor.js'

type Head = readonly [
  id: string,
  aggregate: string,
  key: string,
  type: string,
  at: number,
  headers: Message['headers'],
  isText: boolean,
]

/** Messages, one behind the other: all but the payload as JSON, then the payload as it is, each behind its length. */
export function packMessages(messages: readonly Message[]): Buffer {
  return Buffer.concat(
    messages.flatMap(({ id, aggregate, key, type, payload, at, headers }) => {
      const isText = typeof payload === 'string'
      const head: Head = [id, aggregate, key, type, at, headers, isText]
      return [JSON.stringify(head), payload].flatMap(behindLength)
    }),
  )
}

export function unpackMessages(packed: Buffer): readonly Message[] {
  const cursor = new Cursor(packed)
  const messages: Message[] = []
  while (!cursor.isAtEnd) {
    const head = JSON.parse(String(cursor.slice(cursor.count()))) as Head
    const bytes = cursor.slice(cursor.count())
    const [id, aggregate, key, type, at, headers, isText] = head
    const payload = isText ? bytes.toString('utf8') : bytes
    messages.push({ id, aggregate, key, type, payload, at, headers })
  }
  return messages
}

/** A message that lies apart from the stream, and since when. */
export interface CopiedMessage {
  readonly message: Message
  /** Store's clock, ms since the epoch. */
  readonly since: number
}

/** `lua/messages/set-apart.lua` writes the time in front. */
export function copiedMessage(kept: Buffer): CopiedMessage {
  const blank = kept.indexOf(' ')
  const [message] = unpackMessages(kept.subarray(blank + 1)) as readonly [Message]
  return { message, since: Number(kept.toString('latin1', 0, blank)) }
}

function behindLength(part: string | Uint8Array): readonly Uint8Array[] {
  const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part
  const length = Buffer.allocUnsafe(4)
  length.writeUInt32LE(bytes.length)
  return [length, bytes]
}
