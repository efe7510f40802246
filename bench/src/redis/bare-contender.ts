import type { Redis } from 'ioredis'
import type { Contender, Stand } from '../contender.js'
import { mustEqual } from '../law-broken.js'
import { PLENTY } from '../shop/shop-schema.js'
import type { RedisServer } from './redis-server.js'
import { AFTERNOON, BARE_DECREMENT } from './scripts.js'

/** Calls under way of contenders that send one call an order. */
export const IN_FLIGHT = 512
/** How long each way of sending is tried before a turn, ms. */
const TRIAL = 250

type Sell = (redis: Redis, buyer: number) => Promise<number>

/** The bare decrement, with or without auto-pipelining: the one that is quicker at this moment. */
export function bareDecrement(server: RedisServer): Contender {
  return bare(server, 'bare decrement', BARE_DECREMENT, (redis) => call(redis).sell('stock', 1))
}

/** What a script takes that does next to nothing, and nobody else asks. */
export function bareDecrementAlone(server: RedisServer): Contender {
  const name = 'bare decrement (one caller)'
  return bare(server, name, BARE_DECREMENT, (redis) => call(redis).sell('stock', 1), 1)
}

/** Two rules, as quickly written. */
export function afternoon(server: RedisServer): Contender {
  const sell: Sell = (redis, buyer) => call(redis).sell('stock', 'buyers', `buyer-${buyer}`)
  return bare(server, 'afternoon', AFTERNOON, sell)
}

function bare(server: RedisServer, name: string, lua: string, sell: Sell, callers = IN_FLIGHT): Contender {
  const numberOfKeys = lua === AFTERNOON ? 2 : 1
  const connected = async (autoPipelining: boolean) => {
    const redis = await server.emptied({ autoPipelining })
    redis.defineCommand('sell', { numberOfKeys, lua })
    await redis.set('stock', PLENTY)
    return redis
  }
  const open = async (): Promise<Stand> => {
    const speeds: number[] = []
    for (const autoPipelining of [false, true]) {
      const redis = await connected(autoPipelining)
      speeds.push(await tried(redis, sell))
      redis.disconnect()
    }
    const redis = await connected((speeds[1] ?? 0) > (speeds[0] ?? 0))
    let buyers = 0
    let sold = 0
    return {
      callers,
      async call() {
        const left = await sell(redis, buyers++)
        if (left < 0) return 0
        sold += 1
        return 1
      },
      async checkLaws() {
        mustEqual('units left', Number(await redis.get('stock')), PLENTY - sold)
        mustEqual('units sold', sold, buyers)
      },
      close: async () => redis.disconnect(),
    }
  }
  return { engine: 'redis', name, unit: 'orders/s', open }
}

async function tried(redis: Redis, sell: Sell): Promise<number> {
  const end = performance.now() + TRIAL
  let calls = 0
  const caller = async () => {
    while (performance.now() < end) await sell(redis, calls++)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller))
  return calls
}

/** ioredis defines commands at run time. */
function call(redis: Redis): { sell(...args: (string | number)[]): Promise<number> } {
  return redis as unknown as ReturnType<typeof call>
}
