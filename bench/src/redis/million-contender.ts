import { OrderDesk } from '@holdfast/core'
import type { Redis } from 'ioredis'
import type { Contender } from '../contender.js'
import { deskContender, restock } from '../desk/desk-contender.js'
import { answerOf, POLICY, requestOf } from '../desk/shop-desk.js'
import { LawBroken, mustEqual } from '../law-broken.js'
import { OrderMix } from '../load/order-mix.js'
import { PLENTY } from '../shop/shop-schema.js'
import { OwnStore } from './coalesced-contender.js'
import { HOT, type RedisServer } from './redis-server.js'

const MILLION = 1_000_000
const CALLERS = 1_000

/** A sale where a million orders are stored, which stay, and grow, from turn to turn. */
export function millionStored(server: RedisServer, scale: number): Contender {
  let loading: Promise<number> | null = null
  let stored = 0
  let firstBuyer = 0
  const open = async () => {
    loading ??= load(server, MILLION * scale)
    if (stored === 0) stored = firstBuyer = await loading
    return {
      store: await OwnStore.on(server.connect()),
      stored,
      firstBuyer,
      left: async (added: { readonly reservations: number; readonly nextBuyer: number }) => {
        stored += added.reservations
        firstBuyer = added.nextBuyer
      },
    }
  }
  return {
    ...deskContender({ engine: 'redis', name: 'coalesced (million)', mix: HOT, open, audits: false }),
    async checkAtEnd() {
      const redis = server.connect()
      mustEqual('reservations', await redis.hlen('holdfast:{main}:reservations'), stored)
      mustEqual('deadlines', await deadlines(redis), stored)
      redis.disconnect()
    },
  }
}

/** Ids in the groups of the index of deadlines, each behind its length in two bytes. */
async function deadlines(redis: Redis): Promise<number> {
  const groups = await redis.zrangeBuffer('holdfast:{main}:due', 0, -1)
  let ids = 0
  for (const group of groups) for (let at = 0; at < group.length; at += 2 + group.readUInt16LE(at)) ids += 1
  return ids
}

async function load(server: RedisServer, orders: number): Promise<number> {
  const store = await OwnStore.on(await server.emptied())
  const desk = new OrderDesk({ store, policy: { ...POLICY, holdFor: { days: 1 } } })
  const mix = new OrderMix(HOT)
  await restock(desk, mix.skus, PLENTY)
  let placed = 0
  const caller = async () => {
    while (placed < orders) {
      placed += 1
      const order = await desk.place(requestOf(mix.next(), null))
      if (answerOf(order) !== 'granted') throw new LawBroken(`order ${order.id} was loaded before`)
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  await desk.close()
  return orders
}
