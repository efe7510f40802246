import type { Message, Outbox, OutboxLease, WaitingMessage } from '@holdfast/core/adapter'
import type { MessageCase, MessageNeed } from './suite.js'

/** An outbox, and how its shop writes into it. */
export interface OutboxUnderTest {
  readonly outbox: Outbox
  /** The same outbox as another process has it. */
  readonly other: Outbox
  /** Writes messages in one transaction that commits. */
  write(messages: readonly Message[]): Promise<void>
  /** Writes messages in a transaction that stays open until it is told; `null`: the store has one at a time. */
  hold:
    | ((messages: readonly Message[]) => Promise<{ commit(): Promise<void>; rollBack(): Promise<void> }>)
    | null
  close(): Promise<void>
}

type Scene = { readonly store: OutboxUnderTest; readonly at: () => number }

export const LEASE = 10_000
export const KEY_A = { aggregate: 'order', key: 'a' } as const

/** `a1` is the first message of key `a`. */
export function told(name: string, at = 0): Message {
  const key = name.replace(/\d+$/, '')
  const payload = JSON.stringify({ name, letter: 'ü' })
  return {
    id: name,
    aggregate: 'order',
    key,
    type: 'order.told',
    payload,
    at,
    headers: { traceparent: `00-${name}` },
  }
}

export function wrote({ store, at }: Scene, ...names: string[]): Promise<void> {
  return store.write(names.map((name) => told(name, at())))
}

export async function leased(outbox: Outbox, owner = 'relay'): Promise<OutboxLease> {
  const shard = await shardOf(outbox)
  const lease = await outbox.lease(shard, owner, LEASE)
  if (lease === null) throw new Error(`the shard ${shard} is free, and was not leased to ${owner}`)
  return lease
}

/** The one that a shop's messages go to: the kit writes to an outbox whose first shard has them all. */
export async function shardOf(outbox: Outbox): Promise<string> {
  const [shard] = await outbox.shards()
  if (shard === undefined) throw new Error('the outbox has no shard')
  return shard
}

/** Reads until nothing more comes. */
export async function readAll(lease: OutboxLease, limit = 100): Promise<readonly WaitingMessage[]> {
  const all: WaitingMessage[] = []
  for (;;) {
    const read = await lease.read(limit)
    if (read === 'rewind-needed') throw new Error('nothing was resumed, and a rewind was asked for')
    if (read.length === 0) return all
    all.push(...read)
  }
}

export function idsOf(read: readonly WaitingMessage[]): readonly string[] {
  return read.map(({ message }) => message.id)
}

export function positionOf(read: readonly WaitingMessage[], id: string) {
  const found = read.find(({ message }) => message.id === id)
  if (found === undefined) throw new Error(`${id} was not read`)
  return found
}

export async function acknowledge(
  lease: OutboxLease,
  read: readonly WaitingMessage[],
  ...ids: string[]
): Promise<void> {
  await lease.acknowledge(ids.map((id) => positionOf(read, id).position))
}

export const ATTEMPTS = { started: 3, finished: 2, error: 'too large' } as const

export async function parked(
  lease: OutboxLease,
  read: readonly WaitingMessage[],
  id: string,
  reach: 'alone' | 'whole-key',
) {
  const { message, position } = positionOf(read, id)
  await lease.park({ message, position, ...ATTEMPTS }, reach)
}

export async function setAside(outbox: Outbox, limit = 100) {
  const all: (readonly [string, string | null])[] = []
  let cursor: string | null = null
  do {
    const page = await outbox.listParked({ cursor, limit })
    all.push(...page.messages.map(({ message, reason }) => [message.id, reason] as const))
    cursor = page.cursor
  } while (cursor !== null)
  return all
}

export function scene(
  name: string,
  run: (scene: Scene & { readonly pass: (ms: number) => void }) => Promise<void>,
  needs?: MessageNeed,
): MessageCase<OutboxUnderTest> {
  return {
    name,
    needs,
    run: (store, clock) => run({ store, at: () => clock.now(), pass: (ms) => clock.pass(ms) }),
  }
}
