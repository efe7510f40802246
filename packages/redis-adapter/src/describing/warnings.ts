import type { CheckedOptions } from '../options.js'
import type { PartitionDescription } from './partitions.js'
import type { ServerDescription } from './servers.js'

/** What an operator is to look at. */
export interface Warning {
  /**
   * - `evicts`: the server may throw out what it was given, where `noeviction` would refuse to take more
   * - `not-synced`: `durability: 'aof'` is asked of a server that does not sync every write
   * - `too-few-replicas`: fewer follow than `durability` waits for: every batch is `unknown`
   * - `not-told`: the server does not tell a setting that `durability` depends on
   * - `no-epoch`: the partition is not there: everything is fenced
   * - `outbox-full`: nothing more is reserved until it is relayed
   */
  readonly code: 'evicts' | 'not-synced' | 'too-few-replicas' | 'not-told' | 'no-epoch' | 'outbox-full'
  readonly message: string
}

type Options = Pick<CheckedOptions, 'durability' | 'maxUnrelayed'>

export function warningsOf(
  servers: readonly ServerDescription[],
  partitions: readonly PartitionDescription[],
  options: Options,
): readonly Warning[] {
  return [
    ...servers.flatMap((server) => [...ofMemory(server), ...ofDurability(server, options)]),
    ...partitions.flatMap((partition) => ofPartition(partition, options)),
  ]
}

function ofMemory({ evictionPolicy }: ServerDescription): readonly Warning[] {
  if (evictionPolicy === 'noeviction') return []
  return [{ code: 'evicts', message: `maxmemory-policy is ${evictionPolicy}, it must be noeviction` }]
}

function ofDurability(server: ServerDescription, { durability }: Options): readonly Warning[] {
  const { appendOnly, appendFsync, replicas } = server
  if (typeof durability === 'object') {
    if (replicas >= durability.replicas) return []
    return [{ code: 'too-few-replicas', message: `${replicas} of ${durability.replicas} replicas follow` }]
  }
  if (durability === 'memory') return []
  if (!appendOnly) return [{ code: 'not-synced', message: 'appendonly is no, it must be yes' }]
  if (appendFsync === 'always') return []
  if (appendFsync === null)
    return [{ code: 'not-told', message: 'appendfsync cannot be read: it must be always' }]
  return [{ code: 'not-synced', message: `appendfsync is ${appendFsync}, it must be always` }]
}

function ofPartition(partition: PartitionDescription, { maxUnrelayed }: Options): readonly Warning[] {
  const { name, epoch, outbox } = partition
  if (epoch === null) return [{ code: 'no-epoch', message: `partition ${name} is not there` }]
  if (outbox.entries < maxUnrelayed) return []
  return [
    { code: 'outbox-full', message: `${outbox.entries} entries of partition ${name} wait to be relayed` },
  ]
}
