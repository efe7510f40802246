import { DeskWorker, MemoryStore, OrderDesk } from '@holdfast/core'
import type { Command, Outcome } from '@holdfast/core/adapter'
import { expect } from 'vitest'
import { VirtualClock } from '../../core/src/desk/shop.test-support.js'
import { RedisStore, type RedisStoreOptions } from '../src/index.js'
import type { TestKeys } from './redis-servers.js'

/** Bytes of a marker. */
export const MARKER = 14
export const PHONES = [{ sku: 'PHONE', quantity: 1 }]
const POLICY = {
  holdFor: { minutes: 15 },
  limits: [{ id: 'three-each', per: 'user', scope: 'sku', max: 3 }],
  unpaidOrder: { per: 'user', scope: 'sku' },
  backorder: true,
} as const

let shops = 0

/** A shop whose store has ten phones, and a ledger in memory that follows. */
export async function openCarriedShop(keys: TestKeys, options: RedisStoreOptions = {}) {
  const redis = keys.connect()
  const clock = new VirtualClock()
  const keyPrefix = `${keys.prefix}${shops++}:`
  const store = new RedisStore(redis as never, {
    ...{ keyPrefix, clock: { kind: 'virtual', now: () => clock.now() } },
    ...options,
  })
  await store.create()
  const ledger = new MemoryStore({ clock })
  const openDesk = () => new OrderDesk({ store, ledger, policy: POLICY, clock: () => clock.now() })
  const desk = openDesk()
  const worker = new DeskWorker(desk)
  await desk.restock({ id: 'delivery', sku: 'PHONE', quantity: 10 })
  let extras = 0
  const partitions = await store.partitions()

  async function placed(id: string, user = id, quantity = 1): Promise<void> {
    const order = { id, buyer: { user }, lines: [{ sku: 'PHONE', quantity }] }
    expect(await desk.place(order)).toMatchObject({ ok: true })
  }

  return {
    ...{ redis, clock, keyPrefix, store, ledger, desk, openDesk, worker, placed },
    async paid(id: string, user = id, quantity = 1): Promise<void> {
      await placed(id, user, quantity)
      expect(await desk.recordPayment({ orderId: id, paymentId: `of ${id}` })).toMatchObject({ ok: true })
    },
    /** Carries all, and an entry more in each partition: the one carried last stays in the stream. */
    async carryAll(): Promise<void> {
      await worker.runOnce()
      for (const partition of partitions) {
        const one = {
          movement: `more ${extras++}`,
          account: { sku: 'OTHER', pool: 'default' },
          delta: 1,
        }
        await store.apply(partition, null, [{ kind: 'supply', cause: 'restock', ...one }])
      }
      await worker.runOnce()
    },
    /** Bytes that are kept under the id. */
    async bytesOf(id: string): Promise<number> {
      const all = partitions.map((name) => redis.hstrlen(`${keyPrefix}{${name}}:reservations`, id))
      return Math.max(...(await Promise.all(all)))
    },
    /** Lets so much time pass, and forgets what is to be forgotten by then. */
    async forget(ms: number): Promise<void> {
      clock.pass(ms)
      for (const partition of partitions) await store.forgetEnded(partition)
    },
    async apply(...commands: Command[]): Promise<readonly Outcome[]> {
      const applied = await store.apply('main', null, commands)
      return applied.kind === 'applied' ? applied.outcomes : []
    },
    async expectAudit(): Promise<void> {
      expect(await desk.audit()).toMatchObject({ ok: true, differences: [], comparedWithLedger: true })
      const audited = await new OrderDesk({ store: ledger, policy: {} }).audit()
      expect(audited).toMatchObject({ ok: true, differences: [] })
    },
    phones: () => desk.availability({ sku: 'PHONE' }),
  }
}

export type CarriedShop = Awaited<ReturnType<typeof openCarriedShop>>
