import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { v7 as newId } from 'uuid'
import type { Contender, Stand } from '../contender.js'
import { requestOf } from '../desk/shop-desk.js'
import { LawBroken, mustEqual } from '../law-broken.js'
import { type Answer, OrderMix } from '../load/order-mix.js'
import { PLENTY } from '../shop/shop-schema.js'
import { IN_FLIGHT } from './bare-contender.js'
import { HOT, type RedisServer } from './redis-server.js'
import { ONE_CALL } from './scripts.js'

const KEYS = ['account', 'orders', 'limits', 'guards', 'deadlines', 'stream'] as const
const HOLD_MS = 15 * 60_000
const MOST = 2
const ANSWERS: readonly string[] = ['granted', 'replayed', 'unpaid-order', 'sold-out']

interface OneCall {
  /** Each call waits for so many. */
  readonly replicas?: number
  readonly callers?: number
}

/** One order a call, all facts, by a script of its own. */
export function oneCall(
  server: RedisServer,
  name: string,
  { replicas = 0, callers = IN_FLIGHT }: OneCall = {},
): Contender {
  const digest = createHash('sha1').update(ONE_CALL).digest('hex')
  const open = async (): Promise<Stand> => {
    const redis = await server.emptied()
    await redis.script('LOAD', ONE_CALL)
    await redis.hset('account', { available: PLENTY, reserved: 0 })
    const mix = new OrderMix(HOT)
    const send = replicas === 0 ? sent : (...args: Parameters<typeof sent>) => replicated(replicas, ...args)
    return {
      callers,
      async call() {
        const order = mix.next()
        const id = order.id ?? newId()
        const { data } = requestOf(order, id)
        const answer = await send(redis, digest, [id, order.buyer, 1, MOST, HOLD_MS, data])
        if (!ANSWERS.includes(answer)) throw new LawBroken(`order ${id} was answered ${answer}`)
        mix.answered(order, id, answer as Answer)
        return answer === 'granted' ? 1 : 0
      },
      async checkLaws() {
        const { available, reserved } = await redis.hgetall('account')
        mustEqual('units in all', Number(available) + Number(reserved), PLENTY)
        mustEqual('units reserved', Number(reserved), mix.counts.granted)
        mix.checkGrants(await redis.hlen('orders'))
        mustEqual('events', await redis.xlen('stream'), mix.counts.granted)
      },
      close: async () => redis.disconnect(),
    }
  }
  return { engine: 'redis', name, unit: 'orders/s', open }
}

async function sent(redis: Redis, digest: string, args: readonly (string | number)[]): Promise<string> {
  return (await redis.evalsha(digest, KEYS.length, ...KEYS, ...args)) as string
}

async function replicated(
  replicas: number,
  redis: Redis,
  digest: string,
  args: readonly (string | number)[],
): Promise<string> {
  const answer = sent(redis, digest, args)
  const found = await redis.wait(replicas, 1_000)
  if (found < replicas) throw new LawBroken(`an order was on ${found} of ${replicas} replicas`)
  return answer
}
