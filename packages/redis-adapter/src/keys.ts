import type { AccountKey } from '@holdfast/core/adapter'

/** The keys of one partition, all in one slot: ids, SKUs and names are fields and members, and part of no key. */
export interface PartitionKeys {
  /**
   * Hash: epoch, sequence of the outbox, time of the last change, numbers given so far, how far what is to be forgotten was
   * looked for, whether a ledger follows.
   */
  readonly meta: string
  /** Hash: text that many records share → its number, and `#` with that number → the text. */
  readonly words: string
  /** Hash: account's number → counters and settings. */
  readonly accounts: string
  /** Hash: id → reservation. */
  readonly reservations: string
  /** Hash: subject → its counters, guards and strikes. */
  readonly subjects: string
  /** Sorted set: groups of ids by deadline; who has ended meanwhile is passed over. */
  readonly due: string
  /** Sorted set: account's number and id, by the order in which units came to be owed. */
  readonly owed: string
  /** Hash: account's number and movement's id → digest of what moved, and the day when it did. */
  readonly movements: string
  /** Stream: one entry a batch, `epoch-sequence`. */
  readonly outbox: string
  /** Hash: shape that many orders have → the same made ready; the first to go where there is no room. */
  readonly shapes: string
  /** Hash: id → record of an order whose home this is and whose claims lie in several partitions. */
  readonly homes: string
  /** Sorted set: ids of such orders whose pieces are not as they should be, by when they were last touched. */
  readonly unfinished: string
  /** Hash: account → sums of what moved its units in entries of the outbox that were removed. */
  readonly carried: string
}

const NAMES = [
  ...['meta', 'words', 'accounts', 'reservations', 'subjects', 'due', 'owed', 'movements', 'outbox'],
  ...['shapes', 'homes', 'unfinished'],
] as readonly (keyof PartitionKeys)[]

/** The last two are of stores of many partitions alone. */
const OF_MANY = 2

/** What is there once the outbox is relayed, in the order in which the scripts of `lua/messages` take it. */
const OF_SHARD = [
  ...['relay', 'outbox', 'meta', 'acknowledged', 'carried'],
  ...['apart', 'again', 'parked', 'parked-by-key', 'heads', 'troubles'],
]

const OF_HALF_MESSAGES = [
  ...['half-messages', 'half-states', 'half-ids', 'half-due', 'half-decided'],
  ...['meta', 'outbox'],
]

/** A partition's keys in the order in which `apply.lua` takes them. */
export function keysToApply(keys: PartitionKeys, isOneOfMany: boolean): readonly string[] {
  return NAMES.slice(0, isOneOfMany ? NAMES.length : NAMES.length - OF_MANY).map((name) => keys[name])
}

/** A partition's keys in the order in which `rebuilding/load.lua` takes them. */
export function keysToLoad(keys: PartitionKeys, isOneOfMany: boolean): readonly string[] {
  const ofMany = isOneOfMany ? [keys.homes, keys.unfinished] : []
  return [...keysToApply(keys, false), keys.carried, ...ofMany]
}

/** A partition's keys in the order in which `forget-ended.lua` takes them. */
export function keysToForget(keys: PartitionKeys, isOneOfMany: boolean): readonly string[] {
  const ofMany = isOneOfMany ? [keys.homes, keys.unfinished] : []
  const { meta, reservations, movements, words, accounts, subjects } = keys
  return [meta, reservations, movements, words, accounts, subjects, ...ofMany]
}

/** All that a partition has, its shard of the outbox too, as `rebuilding/begin.lua` empties it. */
export function keysToEmpty(prefix: string, partition: string): readonly string[] {
  return [...new Set([...NAMES, ...OF_SHARD])].map((name) => keyIn(prefix, partition, name))
}

export function keysOf(prefix: string, partition: string): PartitionKeys {
  const keys = [...NAMES, 'carried'].map((name) => [name, keyIn(prefix, partition, name)])
  return Object.fromEntries(keys) as unknown as PartitionKeys
}

/** The keys of a shard of the outbox: of a partition's, in its slot; of a shop's own messages, in theirs. */
export function keysOfShard(prefix: string, shard: string): readonly string[] {
  return OF_SHARD.map((name) => keyIn(prefix, shard, name))
}

/** What a message that is to wait there is written to. */
export function keysToWriteTo(prefix: string, shard: string): readonly string[] {
  return [keyIn(prefix, shard, 'meta'), keyIn(prefix, shard, 'outbox')]
}

/** In the slot of the shard that committed ones wait in. */
export function keysOfHalfMessages(prefix: string, shard: string): readonly string[] {
  return OF_HALF_MESSAGES.map((name) => keyIn(prefix, shard, name))
}

/** A partition's own keys with what they hold, and last the lease of its relay, as `describe.lua` takes them. */
export function keysToDescribe(prefix: string, partition: string) {
  return [...NAMES, 'carried', 'relay'].map((kind) => ({ kind, key: keyIn(prefix, partition, kind) }))
}

/** `tag` and `prefix` hold no brace, so that the tag is what chooses the slot. */
function keyIn(prefix: string, tag: string, name: string): string {
  return `${prefix}{${tag}}:${name}`
}

const ACCOUNT = 'a'
const ROOT = 'r'
const CLAIMS = 'f'

/** The text that an account's number stands for. The SKU's length in bytes keeps SKU and pool apart. */
export function accountText({ sku, pool }: AccountKey): string {
  return `${ACCOUNT}${Buffer.byteLength(sku)}:${sku}${pool}`
}

/** The field of a number's text. */
export function numberText(number: number): string {
  return `#${number}`
}

/** The account of such a text. */
export function accountOf(text: Buffer): AccountKey {
  const colon = text.indexOf(':')
  const end = colon + 1 + Number(text.toString('latin1', 1, colon))
  return { sku: text.toString('utf8', colon + 1, end), pool: text.toString('utf8', end) }
}

/** Where a name ends in its subject: records of counters, guards and strikes are kept by subject. */
export function subjectBegins(name: string): number {
  return name.lastIndexOf('/') + 1
}

/** The text that the number of a name's root stands for. */
export function rootText(root: string): string {
  return ROOT + root
}

export function rootOf(text: Buffer): string {
  return text.toString('utf8', 1)
}

export function isRootText(text: Buffer): boolean {
  return text[0] === ROOT.charCodeAt(0)
}

/** Claims that many orders have in common. */
export function isClaimsText(text: Buffer): boolean {
  return text[0] === CLAIMS.charCodeAt(0)
}

export function isAccountText(text: Buffer): boolean {
  return text[0] === ACCOUNT.charCodeAt(0)
}
