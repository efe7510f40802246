import { setTimeout as pause } from 'node:timers/promises'
import type { OutgoingRecord, Publisher } from '@holdfast/core/adapter'
import type { Producer } from 'kafkajs'

/** Sends to one topic until it is told to stop, and knows what it was told has arrived. */
export interface Sender {
  /** Values that were acknowledged. */
  readonly acknowledged: ReadonlySet<string>
  /** Stops; done when nothing is under way. */
  stop(): Promise<void>
}

/** Between two sends of one loop, ms: load enough, and time for the brokers on a small machine. */
const REST = 5

/**
 * kafkajs alone, as it is mostly used: several sends under way, each with messages for all partitions, all replicas in sync
 * asked for; what it says it sent is taken for sent.
 */
export function sendBare(producer: Producer, topic: string, loops = 4): Sender {
  const acknowledged = new Set<string>()
  const state = { stopped: false }
  let next = 0
  const loop = async () => {
    while (!state.stopped) {
      const values = Array.from({ length: 60 }, () => String(next++))
      const messages = values.map((value) => ({ key: `key-${Number(value) % 500}`, value }))
      const isSent = await producer.send({ topic, acks: -1, messages }).then(
        () => true,
        () => false,
      )
      if (isSent) for (const value of values) acknowledged.add(value)
      await pause(REST)
    }
  }
  return stoppable(acknowledged, state, Array.from({ length: loops }, loop))
}

/** A publisher as a relay uses it: one batch of a track under way, sent again until it is acknowledged. */
export function sendThrough(publisher: Publisher, topic: string, keys: readonly string[]): Sender {
  const acknowledged = new Set<string>()
  const state = { stopped: false }
  const tracks = new Map<string, string[]>()
  for (const key of keys) {
    const track = publisher.trackOf(topic, key)
    tracks.set(track, [...(tracks.get(track) ?? []), key])
  }
  let next = 0
  const loop = async (ofTrack: readonly string[]) => {
    while (!state.stopped) {
      let left: OutgoingRecord[] = ofTrack.map((key) => ({ topic, key, value: String(next++), headers: {} }))
      while (left.length > 0) {
        const sent = await publisher.publishBatch(left)
        for (const [index, { kind }] of sent.entries()) {
          if (kind === 'acked') acknowledged.add(String(left[index]?.value))
        }
        left = left.filter((_, index) => sent[index]?.kind !== 'acked')
        await pause(left.length > 0 ? 50 : REST)
      }
    }
  }
  return stoppable(acknowledged, state, [...tracks.values()].map(loop))
}

function stoppable(
  acknowledged: ReadonlySet<string>,
  state: { stopped: boolean },
  loops: readonly Promise<void>[],
): Sender {
  return {
    acknowledged,
    async stop() {
      state.stopped = true
      await Promise.all(loops)
    },
  }
}
