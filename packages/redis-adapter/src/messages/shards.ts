import { isPieceId, type Message, messagesOfEvent, type StoreEvent } from '@holdfast/core/adapter'
import type { RedisClient } from '../client.js'
import { keysOf, keysOfShard } from '../keys.js'
import type { StreamEntry } from '../reading/partition-contents.js'
import { Sums } from '../records/carried-record.js'
import { entryOf } from '../records/outbox-entry.js'
import { Words } from '../words.js'
import { unpackMessages } from './packed-message.js'
import { type EntryId, entryIdOf } from './position.js'

/** What stands in an entry of a stream. */
export interface ReadEntry {
  readonly id: EntryId
  readonly messages: readonly Message[]
  /** What it did to accounts; `null`: nothing. */
  readonly moved: Sums | null
}

/** A stream of messages that wait to be sent, in one slot. */
export interface Shard {
  readonly name: string
  /** In the order in which the scripts take them. */
  readonly keys: readonly string[]
  /** Entries that are looked into to tell how much waits. */
  readonly lookedInto: number
  read(entries: readonly StreamEntry[]): Promise<readonly ReadEntry[]>
}

/** Messages of a shop's own. No partition has this name. */
export const MESSAGES = 'messages'

export function messagesShard(prefix: string): Shard {
  return {
    name: MESSAGES,
    keys: keysOfShard(prefix, MESSAGES),
    lookedInto: 1_000,
    read: async (entries) =>
      entries.map(({ id, log }) => ({ id: entryIdOf(id), messages: unpackMessages(log), moved: null })),
  }
}

/** What happened in a partition. */
export function partitionShard(client: RedisClient, prefix: string, name: string): Shard {
  const words = new Words(client, keysOf(prefix, name).words)
  return {
    name,
    keys: keysOfShard(prefix, name),
    // Each may hold hundreds of events.
    lookedInto: 100,
    async read(entries) {
      const read: ReadEntry[] = []
      // Numbers of words are given for good within an epoch.
      for (const some of byEpoch(entries)) {
        const [{ id }] = some as [StreamEntry]
        const ofEpoch = await words.read(entryIdOf(id).epoch, (known) =>
          some.map((entry) => eventsIn(name, entry, known)),
        )
        read.push(...ofEpoch)
      }
      return read
    },
  }
}

function eventsIn(partition: string, entry: StreamEntry, words: Words): ReadEntry {
  const { events, ledger } = entryOf(partition, entry, words)
  const messages: Message[] = []
  for (const { id: eventId, event } of events)
    messages.push(...messagesOfEvent(eventId, event, orderVersionOf(event)))
  return { id: entryIdOf(entry.id), messages, moved: Sums.of(ledger) }
}

/** An order is its reservation as its buyer sees it; a piece of one is none, nor is what a late reserve is to meet. */
function orderVersionOf(event: StoreEvent): number | null {
  if (event.aggregate !== 'reservation' || event.type === 'tombstoned' || isPieceId(event.id)) return null
  return event.version
}

function byEpoch(entries: readonly StreamEntry[]): readonly (readonly StreamEntry[])[] {
  const groups = new Map<number, StreamEntry[]>()
  for (const entry of entries) {
    const { epoch } = entryIdOf(entry.id)
    const group = groups.get(epoch)
    if (group === undefined) groups.set(epoch, [entry])
    else group.push(entry)
  }
  return [...groups.values()]
}
