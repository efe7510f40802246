import { OrderDesk } from '@holdfast/core'
import { type RedisClient, RedisStore } from '@holdfast/redis-adapter'
import type { Redis } from 'ioredis'
import type { Contender, Stand } from '../contender.js'
import { restock } from '../desk/desk-contender.js'
import { answerOf, POLICY, requestOf } from '../desk/shop-desk.js'
import { LawBroken, mustEqual } from '../law-broken.js'
import { OrderMix } from '../load/order-mix.js'
import { PLENTY } from '../shop/shop-schema.js'
import { OwnStore } from './coalesced-contender.js'
import { HOT, type RedisServer } from './redis-server.js'

const ORDERS = 100_000
const CALLERS = 1_000
/** As many as the desk has on their way. */
const IN_FLIGHT = 2
/** Batches that a warm-up makes at most; the measured time gets the rest. */
const WARM_UP = 40

type Argument = string | number | Buffer

interface Recording {
  readonly script: string
  /** What create and restock sent, then the batches. */
  readonly opening: readonly (readonly Argument[])[]
  readonly batches: readonly (readonly Argument[])[]
}

/** Holdfast's own batches without Holdfast: the calls of its script for distinct orders, made again with their arguments ready. */
export function limit(server: RedisServer): Contender {
  let recording: Promise<Recording> | null = null
  const open = async (): Promise<Stand> => {
    recording ??= record(server)
    const { script, opening, batches } = await recording
    const redis = await server.emptied()
    const digest = (await redis.script('LOAD', script)) as string
    const send = ([, ...args]: readonly Argument[]) => redis.callBuffer('evalsha', digest, ...args)
    await began(redis, opening[0] ?? [])
    for (const call of opening) await send(call)
    let made = 0
    let granted = 0
    let until = Math.min(WARM_UP, batches.length >> 2)
    return {
      callers: IN_FLIGHT,
      latency: false,
      async call() {
        const batch = made < until ? batches[made++] : undefined
        if (batch === undefined) return null
        const reply = (await send(batch)) as unknown[]
        // A grant is answered by its deadline; before the answers stand time and epoch.
        const grants = reply.slice(2).filter((answer) => typeof answer === 'number' && answer > 0).length
        granted += grants
        return grants
      },
      async warm() {
        until = batches.length
      },
      async checkLaws() {
        mustEqual('reservations', await redis.hlen('holdfast:{main}:reservations'), granted)
        const account = String(await redis.hget('holdfast:{main}:accounts', '1')).split(' ')
        mustEqual('units reserved', Number(account[1]), granted)
        mustEqual('units available', Number(account[0]), PLENTY - granted)
      },
      close: async () => redis.disconnect(),
    }
  }
  return { engine: 'redis', name: 'limit', unit: 'orders/s', open }
}

/** The epoch that the recorded calls expect. */
async function began(redis: Redis, call: readonly Argument[]): Promise<void> {
  const keys = Number(call[1])
  await redis.hset('holdfast:{main}:meta', 'epoch', String(call[2 + keys]))
}

async function record(server: RedisServer): Promise<Recording> {
  const redis = await server.emptied()
  const calls: Argument[][] = []
  let script = ''
  const client: RedisClient = {
    callBuffer(command, ...args) {
      if (!isApply(args)) return redis.callBuffer(command, ...args)
      if (command === 'eval') script = String(args[0])
      else calls.push(args)
      return redis.callBuffer(command, ...args)
    },
    pipeline: () => redis.pipeline(),
  }
  await redis.script('FLUSH')
  const options = { maxUnrelayed: Number.MAX_SAFE_INTEGER }
  const owner = await OwnStore.on(redis, options)
  const store = new RedisStore(client, options)
  // The desk learns the epoch by what it asks first, so that every batch carries it.
  const desk = new OrderDesk({ store, policy: POLICY })
  const mix = new OrderMix(HOT)
  await restock(desk, mix.skus, PLENTY)
  const { epoch } = (await store.apply('main', null, [])) as { readonly epoch: number }
  const opening = calls.splice(0).filter(isApply).slice(0, 1)
  let placed = 0
  const caller = async () => {
    while (placed < ORDERS) {
      placed += 1
      const order = await desk.place(requestOf(mix.next(), null), { deadline: { days: 1 } })
      if (answerOf(order) !== 'granted') throw new LawBroken(`order ${order.id} was refused`)
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  await desk.close()
  await owner.close()
  const expected = (call: readonly Argument[]) =>
    call.map((value, at) => (at === 2 + Number(call[1]) ? epoch : value))
  return { script, opening: opening.map(expected), batches: calls.filter(isApply) }
}

/** Calls of the script that decides: it alone takes so many keys. */
function isApply(call: readonly Argument[]): boolean {
  return Number(call[1]) >= 9
}
