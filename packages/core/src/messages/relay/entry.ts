import type { OutgoingRecord } from '../../port/message.js'
import type { Attempts, KeyName, WaitingMessage } from '../../port/outbox.js'
import type { Waits } from '../waits.js'

/** A message on its way. */
export interface Entry extends WaitingMessage {
  readonly record: OutgoingRecord
  /** About what it takes of a batch. */
  readonly bytes: number
}

/** What a record's headers take, about: their names, a UUID, a time, a trace. */
const HEADER_BYTES = 300

export function bytesOf({ key, value }: OutgoingRecord): number {
  return HEADER_BYTES + key.length + (value?.length ?? 0)
}

/** A key whose first message failed alone: tried apart, while the other keys of its track go on. */
export interface TroubledKey {
  /** In order, the first being the one that fails; never empty. */
  entries: Entry[]
  attempts: Attempts
  retryAt: number
  readonly waits: Waits
  /** What its track had sent when it was tried last: with nothing sent since, the track may be at fault. */
  sentBefore: number
  /** Messages after these were dropped, to be read again. */
  isCut: boolean
  isTold: boolean
}

export function keyOf({ aggregate, key }: KeyName): string {
  return `${aggregate}\u0000${key}`
}
