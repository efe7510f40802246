import { Redis } from 'ioredis'
import type { MixOptions } from '../load/order-mix.js'

/** Orders of the hot SKU, none told again: what a replayed order became is the ledger's to tell, which stands not here. */
export const HOT: MixOptions = { skus: 1, linesPerOrder: 1, onlyFresh: true }

/** A server of the bench's own: each turn begins with nothing in it. */
export class RedisServer {
  constructor(readonly url: string) {}

  /** A connection of one turn, to an empty server. */
  async emptied(options: { readonly autoPipelining?: boolean } = {}): Promise<Redis> {
    const redis = this.connect(options)
    await redis.flushall()
    return redis
  }

  connect({ autoPipelining = false }: { readonly autoPipelining?: boolean } = {}): Redis {
    return new Redis(this.url, { enableAutoPipelining: autoPipelining })
  }
}
