import type { Message } from '../../port/message.js'
import type {
  Attempts,
  KeyName,
  KeyTrouble,
  Outbox,
  OutboxLease,
  OutboxMetrics,
  OutboxWriter,
  ParkedMessage,
  Parking,
  Position,
  WaitingMessage,
} from '../../port/outbox.js'
import { machineClock, type StoreClock } from '../clock.js'
import { OutboxShard } from './outbox-shard.js'
import type { MemoryTransaction } from './transaction.js'

export interface MemoryOutboxOptions {
  readonly clock?: StoreClock | undefined
  /** Parts that are relayed apart: 1 if absent. */
  readonly shards?: number | undefined
}

/** An outbox in maps. A message has its position from when its transaction commits. */
export class MemoryOutbox implements Outbox, OutboxWriter<MemoryTransaction> {
  private readonly clock: StoreClock
  private readonly parts: readonly OutboxShard[]
  private positions = 0

  constructor({ clock = machineClock(), shards = 1 }: MemoryOutboxOptions = {}) {
    this.clock = clock
    this.parts = Array.from({ length: shards }, (_, index) => new OutboxShard(String(index), clock))
  }

  async write(transaction: MemoryTransaction, messages: readonly Message[]): Promise<void> {
    transaction.stage(() => {
      for (const message of messages) this.partOf(message).waiting.set(++this.positions, message)
    })
  }

  async shards(): Promise<readonly string[]> {
    return this.parts.map(({ name }) => name)
  }

  async lease(shard: string, _owner: string, leaseMs: number): Promise<OutboxLease | null> {
    const part = this.named(shard)
    const taken = part.take(leaseMs)
    return taken === null ? null : new MemoryLease(part, taken.fence, taken.deaths)
  }

  async metrics(): Promise<OutboxMetrics> {
    let depth = 0
    let oldest: number | null = null
    let parked = 0
    let blockedKeys = 0
    for (const part of this.parts) {
      for (const [position, message] of part.waiting) {
        if (part.isSetAside(position, message)) {
          parked++
          continue
        }
        depth++
        oldest = Math.min(oldest ?? message.at, message.at)
      }
      blockedKeys += part.blockedKeys()
    }
    return { depth, oldestMs: oldest === null ? null : this.clock.now() - oldest, parked, blockedKeys }
  }

  async listParked({ cursor, limit }: { readonly cursor: string | null; readonly limit: number }) {
    const after = cursor === null ? 0 : Number(cursor)
    const found = this.parts
      .flatMap((part) => part.setAside())
      .filter(({ position }) => position > after)
      .sort((one, other) => one.position - other.position)
    const page = found.slice(0, limit)
    const messages: readonly ParkedMessage[] = page.map(({ position: _, ...message }) => message)
    return { messages, cursor: found.length > limit ? String(page.at(-1)?.position) : null }
  }

  async resume(shard: string, id: string): Promise<number> {
    return this.named(shard).resume(id)
  }

  async discard(shard: string, id: string): Promise<boolean> {
    return this.named(shard).discard(id)
  }

  private partOf({ key }: Message): OutboxShard {
    let sum = 0
    for (let index = 0; index < key.length; index++) sum = (sum * 31 + key.charCodeAt(index)) >>> 0
    return this.parts[sum % this.parts.length] as OutboxShard
  }

  private named(shard: string): OutboxShard {
    const part = this.parts.find(({ name }) => name === shard)
    if (part === undefined) throw new RangeError(`there is no shard ${shard}`)
    return part
  }
}

class MemoryLease implements OutboxLease {
  readonly shard: string
  readonly troubles: readonly KeyTrouble[]
  private after = 0
  private resumed: number

  constructor(
    private readonly part: OutboxShard,
    readonly fence: number,
    readonly deaths: number,
  ) {
    this.shard = part.name
    this.troubles = part.notes()
    this.resumed = part.resumed
  }

  async renew(leaseMs: number): Promise<void> {
    this.part.renew(this.fence, leaseMs)
  }

  async read(limit: number): Promise<readonly WaitingMessage[] | 'rewind-needed'> {
    this.part.check(this.fence)
    if (this.resumed !== this.part.resumed) return 'rewind-needed'
    const found: WaitingMessage[] = []
    for (const [position, message] of this.part.waiting) {
      if (position <= this.after) continue
      if (found.length === limit) break
      this.after = position
      if (!this.part.isSetAside(position, message)) found.push({ position, message })
    }
    return found
  }

  async rewind(): Promise<void> {
    this.part.check(this.fence)
    this.after = 0
    this.resumed = this.part.resumed
  }

  async acknowledge(positions: readonly Position[]): Promise<void> {
    this.part.check(this.fence)
    for (const position of positions) this.part.waiting.delete(position as number)
  }

  async park(message: Parking, reach: 'alone' | 'whole-key'): Promise<void> {
    this.part.check(this.fence)
    this.part.park(message, reach)
  }

  async note(key: KeyName, trouble: Attempts | null): Promise<void> {
    this.part.check(this.fence)
    this.part.note(key, trouble)
  }

  async release(): Promise<void> {
    this.part.release(this.fence)
  }
}
