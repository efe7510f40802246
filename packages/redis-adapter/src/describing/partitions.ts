import type { StockAccountState } from '@holdfast/core/adapter'
import type { RedisClient } from '../client.js'
import { keysToDescribe } from '../keys.js'
import { streamOf } from '../reading/partition-contents.js'
import { DESCRIBE } from '../scripts/embedded.js'
import { Script } from '../scripts/script.js'

/** How one partition stands. Instants are the server's, ms since the epoch. */
export interface PartitionDescription {
  readonly name: string
  readonly now: number
  /** `null`: it was never created, or the server lost it: everything is fenced. */
  readonly epoch: number | null
  /** Of the SKU that was asked about. */
  readonly accounts: readonly StockAccountState[]
  readonly holds: {
    /** Groups of holds that end at one instant: those of one batch are one. */
    readonly groups: number
    /** Those that are due, or of which something may be: a sweep is to look at them. */
    readonly due: number
    readonly nextDueAt: number | null
  }
  readonly outbox: {
    /** Batches that wait to be relayed. */
    readonly entries: number
    /** When the oldest of them was decided: since then the relay is behind. */
    readonly oldestAt: number | null
    /** Of the last batch. */
    readonly sequence: number
  }
  /** Who relays it, or was the last to; `null`: nobody ever did. */
  readonly lease: { readonly owner: string; readonly until: number; readonly fence: number } | null
  readonly keys: readonly KeyDescription[]
}

/** What one key takes. */
export interface KeyDescription {
  /** `reservations`, `subjects`, …: README.md tells what they hold. */
  readonly kind: string
  /** Fields, members or entries. */
  readonly entries: number
  /** Bytes, estimated from some of them. */
  readonly bytes: number
}

/** Entries of a key that are measured, to tell what all of them take. */
const SAMPLES = 200

const script = new Script(DESCRIBE)

type Told = readonly [
  ...[now: number, epoch: Buffer | null, sequence: Buffer | null],
  ...rest: readonly unknown[],
]

export async function describePartition(
  client: RedisClient,
  keyPrefix: string,
  name: string,
  accounts: readonly StockAccountState[],
): Promise<PartitionDescription> {
  const keys = keysToDescribe(keyPrefix, name)
  const told = (await script.run(
    client,
    keys.map(({ key }) => key),
    [],
  )) as Told
  const [now, epoch, sequence, ...rest] = told
  const sized = keys.slice(0, -1)
  const sizes = rest.slice(0, sized.length) as number[]
  const [due, nextDueAt, first, owner, until, fence] = rest.slice(sized.length) as [
    ...[due: number, nextDueAt: Buffer | null, first: [Buffer, Buffer[]] | null],
    ...[owner: Buffer | null, until: Buffer | null, fence: Buffer | null],
  ]
  const described = sized.map(async ({ key, kind }, at) => {
    const bytes = await client.callBuffer('memory', 'usage', key, 'samples', SAMPLES)
    return { kind, entries: sizes[at] ?? 0, bytes: Number(bytes ?? 0) }
  })
  const entriesOf = (kind: string) => sizes[sized.findIndex((one) => one.kind === kind)] ?? 0
  return {
    name,
    now,
    epoch: epoch === null ? null : Number(epoch),
    accounts,
    holds: { groups: entriesOf('due'), due, nextDueAt: nextDueAt === null ? null : Number(nextDueAt) },
    outbox: {
      entries: entriesOf('outbox'),
      oldestAt: first === null ? null : (streamOf([first])[0]?.at ?? null),
      sequence: Number(sequence ?? 0),
    },
    lease:
      owner === null ? null : { owner: String(owner), until: Number(until ?? 0), fence: Number(fence ?? 0) },
    keys: (await Promise.all(described)).filter(({ entries }) => entries > 0),
  }
}
