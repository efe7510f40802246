import { createHash } from 'node:crypto'
import { HoldfastError } from '../errors.js'
import type { CarriedPosition, Feed, FeedEntry, FeedLease, FeedPosition } from '../port/feed.js'
import type { StoreClock } from './clock.js'
import type { MemoryPartition } from './partition.js'
import type { MemoryRebuilding } from './rebuilding.js'

interface Lease {
  readonly fence: number
  until: number
}

/** The history of partitions in this process's memory: all of it stays, as long as retention says. */
export class MemoryFeed implements Feed {
  private readonly leases = new Map<string, Lease>()

  constructor(
    private readonly named: (partition: string) => MemoryPartition,
    private readonly clock: StoreClock,
    private readonly rebuilding: Pick<MemoryRebuilding, 'isUnderWay'>,
  ) {}

  async ends(partitions: readonly string[]): Promise<readonly (FeedPosition | null)[]> {
    return partitions.map((name) => {
      if (this.rebuilding.isUnderWay(name)) return null
      const { epoch, history } = this.named(name)
      return { epoch, sequence: history.sequence, at: history.lastAt }
    })
  }

  async lease(partition: string, _owner: string, leaseMs: number): Promise<FeedLease | null> {
    const known = this.leases.get(partition)
    const now = this.clock.now()
    if (known !== undefined && known.until > now) return null
    const lease = { fence: (known?.fence ?? 0) + 1, until: now + leaseMs }
    this.leases.set(partition, lease)
    const check = () => {
      if (this.leases.get(partition) === lease && lease.until > this.clock.now()) return
      throw new HoldfastError('fenced', `the lease ${lease.fence} of partition ${partition} is over`)
    }
    return {
      renew: async (ms) => {
        check()
        lease.until = this.clock.now() + ms
      },
      read: async (after, events) => {
        check()
        return entriesAfter(this.named(partition), after, events)
      },
      acknowledge: async () => check(),
      release: async () => {
        lease.until = 0
      },
    }
  }
}

function entriesAfter(
  { name, epoch, history }: MemoryPartition,
  after: CarriedPosition | null,
  most: number,
): readonly FeedEntry[] {
  const entries: FeedEntry[] = []
  let events = 0
  const from = after?.sequence ?? 0
  for (const batch of history.since(Math.max(0, from - 1))) {
    const digest = createHash('sha256').update(JSON.stringify(batch.events)).digest('base64')
    if (batch.sequence === from && (digest !== after?.digest || epoch !== after.epoch)) break
    if (batch.sequence === from) continue
    entries.push({ ...batch, epoch, digest })
    events += batch.events.length
    if (events >= most) return entries
  }
  const isFollowed = (entries[0]?.sequence ?? history.sequence + 1) === from + 1
  if (isFollowed && (after === null || after.epoch === epoch)) return entries
  throw new HoldfastError('stream-gap', `${name}: ${after?.epoch}-${from} is not what was carried`)
}
