import { OrderDesk } from '@holdfast/core'
import type { CarriedPosition } from '@holdfast/core/adapter'
import type { Redis } from 'ioredis'
import type { Figure } from '../contender.js'
import { restock } from '../desk/desk-contender.js'
import { POLICY, requestOf } from '../desk/shop-desk.js'
import { LawBroken } from '../law-broken.js'
import { OrderMix } from '../load/order-mix.js'
import { PLENTY } from '../shop/shop-schema.js'
import { OwnStore } from './coalesced-contender.js'
import { HOT, type RedisServer } from './redis-server.js'

const ORDERS = 100_000
const CALLERS = 1_000
const HOUR = 3_600_000
const LEASE_MS = 600_000
const EVENTS = 1_500

/**
 * Bytes of the server's memory that a live hold takes (one limit, one guard, 57 bytes of data), its outbox apart, and what is
 * left of it when it was cancelled, or paid: as long as no ledger has that, and once one has, and its deadline has passed. Of a paid
 * one the buyer's use of the limit is left as well.
 */
export async function memoryFigures(server: RedisServer, scale: number): Promise<readonly Figure[]> {
  const cancelled = await measured(server, scale, async (desk, orderId) => {
    await desk.cancel({ orderId, by: 'seller' })
  })
  const paid = await measured(server, scale, async (desk, orderId) => {
    await desk.recordPayment({ orderId, paymentId: orderId })
  })
  return [
    figure('live hold', cancelled.held),
    figure('finished id', cancelled.carried),
    figure('finished id (not carried)', cancelled.settled),
    figure('sold id', paid.carried),
    figure('sold id (not carried)', paid.settled),
  ]
}

/** Bytes of each of many orders. */
interface Measured {
  readonly held: number
  readonly settled: number
  /** And past its deadline. */
  readonly carried: number
}

async function measured(
  server: RedisServer,
  scale: number,
  settle: (desk: OrderDesk, id: string) => Promise<void>,
): Promise<Measured> {
  const redis = await server.emptied()
  let now = Date.now()
  const store = await OwnStore.on(redis, { clock: { kind: 'virtual', now: () => now } })
  const desk = new OrderDesk({ store, policy: POLICY })
  const mix = new OrderMix(HOT)
  await restock(desk, mix.skus, PLENTY)
  const carrying = new Carrying(store)
  await carrying.toItsEnd()
  const before = await usedBy(redis)
  const orders = ORDERS * scale
  const ids: string[] = []
  const bytes = async () => ((await usedBy(redis)) - before) / orders
  await eachOf(orders, async () => {
    ids.push((await desk.place(requestOf(mix.next(), null))).id)
  })
  await carrying.toItsEnd()
  const held = await bytes()
  await eachOf(orders, (index) => settle(desk, ids[index] ?? ''))
  const settled = await bytes()
  now += HOUR
  while (await sweptSome(store)) {}
  await carrying.toItsEnd()
  const carried = await bytes()
  await desk.close()
  return { held, settled, carried }
}

function figure(name: string, value: number): Figure {
  return { engine: 'redis', name, unit: 'bytes', value }
}

async function eachOf(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const caller = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
}

async function sweptSome(store: OwnStore): Promise<boolean> {
  const applied = await store.apply('main', null, [{ kind: 'sweep', limit: 500 }])
  const [outcome] = applied.kind === 'applied' ? applied.outcomes : []
  return outcome?.kind === 'swept' && outcome.more
}

/** Without the outbox, which is there until it is carried on. */
async function usedBy(redis: Redis): Promise<number> {
  const used = Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1])
  return used - Number(await redis.call('MEMORY', 'USAGE', 'holdfast:{main}:outbox', 'SAMPLES', '0'))
}

/** What a ledger that follows asks of the store, without a ledger. */
class Carrying {
  private carried: CarriedPosition | null = null

  constructor(private readonly store: OwnStore) {}

  async toItsEnd(): Promise<void> {
    const lease = await this.store.feed.lease('main', 'bench', LEASE_MS)
    if (lease === null) throw new LawBroken('the stream is carried by another')
    for (;;) {
      const last: CarriedPosition | undefined = (await lease.read(this.carried, EVENTS)).at(-1)
      if (last === undefined) break
      this.carried = last
      await lease.acknowledge(last)
    }
    await lease.release()
  }
}
