import type { WaitingMessage } from '@holdfast/core/adapter'
import { fieldsOf, streamOf } from '../reading/partition-contents.js'
import { TELL_BACKLOG } from '../scripts/embedded.js'
import { type Server, TimedScript } from '../scripts/server.js'
import { headOf, SetAsideKeys, troubleOf } from './heads.js'
import { OpenEntries } from './open-entries.js'
import { copiedMessage } from './packed-message.js'
import { keyText } from './position.js'
import type { Shard } from './shards.js'

const tellBacklog = new TimedScript(TELL_BACKLOG)

/** How much waits in a shard, as it stood at one instant. */
export interface Backlog {
  /** Store's clock, ms since the epoch. */
  readonly now: number
  readonly depth: number
  /** When the oldest message that waits was written. */
  readonly oldestAt: number | null
  readonly parked: number
  readonly blockedKeys: ReadonlySet<string>
  /** The first of what waits in the stream, and has not been set aside. */
  readonly unread: readonly WaitingMessage[]
}

type Told = readonly [
  now: number,
  entries: number,
  apart: number,
  parked: number,
  heads: Buffer[],
  troubles: Buffer[],
  copies: Buffer[],
  stream: [Buffer, Buffer[]][],
  marks: (Buffer | null)[],
]

export async function backlogOf(server: Server, shard: Shard): Promise<Backlog> {
  const told = (await server.run(tellBacklog, shard.keys, [shard.lookedInto])) as Told
  const [now, entries, apart, parked, heads, troubles, copies, stream, marks] = told
  const open = new OpenEntries()
  const read = await shard.read(streamOf(stream))
  const inStream = read.flatMap((entry, index) => open.add(entry, marks[index] ?? null))
  const keys = SetAsideKeys.of(fieldsOf(heads))
  const unread = inStream.filter(({ message, position }) => !keys.has(message, position as string))
  const waiting = [
    ...copies.map((copy) => copiedMessage(copy).message),
    ...unread.map(({ message }) => message),
  ]
  const wholeKeys = fieldsOf(heads)
    .map(([, text]) => headOf(text))
    .flatMap(({ reach, name }) => (reach === 'whole-key' ? [name] : []))
  return {
    now,
    depth: apart + Math.round(unread.length * (entries / Math.max(1, read.length))),
    oldestAt: waiting.reduce<number | null>((oldest, { at }) => Math.min(oldest ?? at, at), null),
    parked: parked + inStream.length - unread.length,
    blockedKeys: new Set([...wholeKeys, ...fieldsOf(troubles).map((field) => keyText(troubleOf(field)))]),
    unread,
  }
}
