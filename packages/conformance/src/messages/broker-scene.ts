import { setTimeout as pause } from 'node:timers/promises'
import type { IncomingRecord, OutgoingRecord, Publisher } from '@holdfast/core/adapter'

// What the suites of publishers and sources share: a broker keeps its own time, so that they wait by the clock on the wall.

/** A broker as a suite takes it. */
export interface BrokerUnderTest {
  /** A topic of several partitions, there and empty. */
  readonly topic: string
  /** How long the broker may take for what it does by and by, ms: 30,000 if absent. */
  readonly patienceMs?: number | undefined
  close(): Promise<void>
}

const PATIENCE = 30_000
const LOOK_AGAIN_AFTER = 10

/** Asks whether there is time left for `what`. @throws Error if there is none */
export function patienceFor({ patienceMs = PATIENCE }: BrokerUnderTest, what: string): () => void {
  const end = Date.now() + patienceMs
  return () => {
    if (Date.now() > end) throw new Error(`not within ${patienceMs / 1_000} seconds: ${what}`)
  }
}

/** Resolves when it holds; rejects when it does not in time. */
export async function until(store: BrokerUnderTest, holds: () => boolean, what: string): Promise<void> {
  const checkTime = patienceFor(store, what)
  while (!holds()) {
    checkTime()
    await pause(LOOK_AGAIN_AFTER)
  }
}

/** `a1` is the first record of key `a`, and says so. */
export function recordNamed(topic: string, name: string): OutgoingRecord {
  return {
    topic,
    key: name.replace(/\d+$/, ''),
    value: `{"name":"${name}"}`,
    headers: { ce_id: name, traceparent: `00-${name}` },
  }
}

/** `a1 … a9, b1 … b9, …` in turns: so many keys, so many records of each. */
export function namesOf(keys: number, each: number): readonly string[] {
  const letters = Array.from({ length: keys }, (_, key) => `key-${String.fromCharCode(97 + key)}-`)
  return Array.from({ length: each }, (_, index) => letters.map((key) => `${key}${index + 1}`)).flat()
}

/**
 * Sends as a relay does: those of a track in order, tracks side by side, what may be tried again at once.
 *
 * @throws Error if a record is neither acked nor to be tried again
 */
export async function publishAll(
  store: BrokerUnderTest & { readonly publisher: Publisher },
  records: readonly OutgoingRecord[],
): Promise<void> {
  const { publisher } = store
  const checkTime = patienceFor(store, 'sound records are taken')
  const tracks = new Map<string, OutgoingRecord[]>()
  for (const record of records) {
    const track = publisher.trackOf(record.topic, record.key)
    tracks.set(track, [...(tracks.get(track) ?? []), record])
  }
  await Promise.all([...tracks.values()].map((track) => publishTrack(publisher, track, checkTime)))
}

async function publishTrack(
  publisher: Publisher,
  records: readonly OutgoingRecord[],
  checkTime: () => void,
): Promise<void> {
  const { maxRecords } = publisher.capabilities
  let left = records
  while (left.length > 0) {
    const batch = left.slice(0, maxRecords)
    const sent = await publisher.publishBatch(batch)
    if (sent.length !== batch.length) throw new Error(`${sent.length} answers for ${batch.length} records`)
    const failed = sent.find(({ kind }) => kind === 'fatal' || kind === 'unknown')
    if (failed !== undefined) throw new Error(`a sound record was answered ${failed.kind}`)
    const again = batch.filter((_, index) => sent[index]?.kind === 'retriable')
    if (again.length === batch.length) await pause(LOOK_AGAIN_AFTER * 5)
    checkTime()
    left = [...again, ...left.slice(maxRecords)]
  }
}

const decoder = new TextDecoder()

export function textOf(value: string | Uint8Array | null | undefined): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : decoder.decode(value)
}

/** What `recordNamed` named a record. */
export function nameOf(record: IncomingRecord): string {
  return textOf(record.headers.ce_id) ?? ''
}

/** Names by key, each in the order in which they came, repetitions dropped. */
export function byKey(records: readonly IncomingRecord[]): Readonly<Record<string, readonly string[]>> {
  const keys: Record<string, string[]> = {}
  for (const record of records) {
    const key = textOf(record.key) ?? ''
    const names = keys[key] ?? []
    keys[key] = names
    if (!names.includes(nameOf(record))) names.push(nameOf(record))
  }
  return sorted(keys)
}

/** The same of names alone. */
export function namesByKey(names: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const keys: Record<string, string[]> = {}
  for (const name of names) {
    const key = name.replace(/\d+$/, '')
    keys[key] = [...(keys[key] ?? []), name]
  }
  return sorted(keys)
}

function sorted(keys: Readonly<Record<string, readonly string[]>>) {
  return Object.fromEntries(Object.entries(keys).sort(([one], [other]) => (one < other ? -1 : 1)))
}
