import { OrderDesk } from '@holdfast/core'
import type { Redis } from 'ioredis'
import type { Figure } from '../contender.js'
import { restock } from '../desk/desk-contender.js'
import { POLICY, requestOf } from '../desk/shop-desk.js'
import { OrderMix } from '../load/order-mix.js'
import { PLENTY } from '../shop/shop-schema.js'
import { OwnStore } from './coalesced-contender.js'
import { HOT, type RedisServer } from './redis-server.js'

const ORDERS = 100_000
const CALLERS = 1_000

/** Bytes of the server's memory that a live hold takes (one limit, one guard, 57 bytes of data), its outbox apart. */
export async function memoryFigures(server: RedisServer, scale: number): Promise<readonly Figure[]> {
  const redis = await server.emptied()
  const store = await OwnStore.on(redis)
  const desk = new OrderDesk({ store, policy: POLICY })
  const mix = new OrderMix(HOT)
  await restock(desk, mix.skus, PLENTY)
  const before = await usedBy(redis)
  const orders = ORDERS * scale
  const ids: string[] = []
  await eachOf(orders, async () => {
    ids.push((await desk.place(requestOf(mix.next(), null))).id)
  })
  const held = (await usedBy(redis)) - before
  await eachOf(orders, async (index) => {
    await desk.cancel({ orderId: ids[index] ?? '', by: 'seller' })
  })
  const finished = (await usedBy(redis)) - before
  await desk.close()
  const figure = (name: string, bytes: number): Figure => ({
    ...{ engine: 'redis', name, unit: 'bytes', value: bytes / orders },
  })
  return [figure('live hold', held), figure('finished id', finished)]
}

async function eachOf(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const caller = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
}

/** Without the outbox, which is there until it is carried on. */
async function usedBy(redis: Redis): Promise<number> {
  await redis.xtrim('holdfast:{main}:outbox', 'MAXLEN', 1)
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1])
}
