import { isHoldfastError, type OutboxLease, type WaitingMessage } from '@holdfast/core/adapter'
import type { Cluster, Redis } from 'ioredis'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { RedisStore } from '../src/index.js'
import { newKeys, type ServerKind } from './redis-servers.js'
import { RelayScene } from './relay-scene.js'

const LEASE = 60_000
const KINDS: readonly (readonly [ServerKind, number | undefined])[] = [
  ['redis', undefined],
  ['redis-cluster', 3],
]

async function restock(scene: RelayScene): Promise<void> {
  for (let sku = 0; sku < 5; sku++)
    await scene.desk.restock({ id: `delivery ${sku}`, sku: `sku ${sku}`, quantity: 1_000 })
}

/** Entries that wait, by partition. */
async function unrelayed(
  redis: Redis | Cluster,
  prefix: string,
  store: RedisStore,
): Promise<readonly number[]> {
  const names = await store.partitions()
  return Promise.all(names.map((name) => redis.xlen(`${prefix}{${name}}:outbox`)))
}

/** What came tells the whole story of every order and account, once and in order. */
function expectWhole(scene: RelayScene): void {
  const { byKey } = scene.arrived()
  for (const [id, types] of scene.expected()) {
    const told = byKey.get(`holdfast.order ${id}`) ?? []
    expect(
      told.map(({ type }) => type),
      id,
    ).toEqual(types)
    expect(
      byKey.get(`holdfast.reservation ${id}`)?.map(({ version }) => version),
      id,
    ).toEqual(types.map((_, index) => index + 1))
  }
  for (const [name, told] of byKey) {
    const versions = told.map(({ version }) => version)
    if (name.startsWith('holdfast.stock'))
      expect(versions, name).toEqual(versions.map((_, index) => index + 1))
  }
}

for (const [kind, partitions] of KINDS) {
  const keys = await newKeys(kind)
  describe.skipIf(keys === null)(`events of a desk on ${kind}, ${partitions ?? 1} partitions`, () => {
    if (keys === null) return
    const redis = keys.connect()
    const scenes: RelayScene[] = []
    afterEach(async () => {
      for (const scene of scenes.splice(0)) await scene.close()
    })
    afterAll(() => keys.drop())
    let stores = 0
    const open = async (options: { readonly maxUnrelayed?: number } = {}) => {
      const keyPrefix = `${keys.prefix}${stores++}:`
      const scene = new RelayScene(redis, { keyPrefix, partitions, ...options })
      scenes.push(scene)
      await scene.store.create()
      await restock(scene)
      const lengths = () => unrelayed(redis, keyPrefix, scene.store)
      const waiting = async () => (await lengths()).reduce((sum, length) => sum + length, 0)
      const mostWaiting = async () => Math.max(...(await lengths()))
      return { scene, waiting, mostWaiting, keyPrefix }
    }

    it('arrive once and in order, and nothing of them is left', async () => {
      const { scene, waiting } = await open()
      await scene.sell(0, 90)
      for (let number = 1_000; number < 1_005; number++) await scene.rollBack(number)
      await scene.expire()
      expect(await waiting()).toBeGreaterThan(0)
      const { relay } = scene.relay()
      await relay.drain()
      expectWhole(scene)
      expect(scene.arrived().repeated).toBe(0)
      expect(await waiting()).toBe(0)
      expect(await scene.store.outbox.metrics()).toEqual({
        depth: 0,
        oldestMs: null,
        parked: 0,
        blockedKeys: 0,
      })
      expect(await scene.desk.audit()).toMatchObject({ ok: true, differences: [] })
      await scene.sell(90, 30)
      expect(await scene.desk.audit()).toMatchObject({ ok: true, differences: [] })
      expect(scene.errors).toEqual([])
    })

    it('arrive though a relay is killed while they are sold; its twin goes on', async () => {
      const { scene, waiting } = await open()
      const dying = scene.relay()
      let sentByDying = 0
      dying.relay.on('sent', (count) => {
        sentByDying += count
      })
      await dying.relay.start()
      await scene.sell(0, 60)
      await expect.poll(() => sentByDying, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0)
      await scene.relay().relay.start()
      await scene.sell(60, 60)
      dying.cut()
      await scene.sell(120, 60)
      expect(await waiting()).toBeGreaterThan(0)
      for (let round = 3; round < 6; round++) {
        scene.pass(LEASE)
        await scene.sell(round * 60, 60)
      }
      await scene.expire()
      await expect.poll(waiting, { timeout: 50_000, interval: 50 }).toBe(0)
      expectWhole(scene)
      expect(await scene.desk.audit()).toMatchObject({ ok: true, differences: [] })
    })

    it('arrive though every fourth answer is lost, and are done with once', async () => {
      const { scene, waiting } = await open()
      let calls = 0
      // The upper bits of a product by the golden ratio: spread evenly, the same in every run.
      const isLost = () => Math.imul(++calls, 2_654_435_769) >>> 30 === 0
      await scene.relay({}, isLost).relay.start()
      for (let round = 0; round < 3; round++) await scene.sell(round * 60, 60)
      let before = -1
      const left = async () => {
        const now = await waiting()
        // A lease whose answer was lost is nobody's until it is over.
        if (now === before) scene.pass(LEASE)
        before = now
        return now
      }
      await expect.poll(left, { timeout: 50_000, interval: 700 }).toBe(0)
      expectWhole(scene)
      expect(await scene.desk.audit()).toMatchObject({ ok: true, differences: [] })
    })

    it('go on though one of them is poison: it waits for an operator, and its key with it', async () => {
      const { scene, waiting } = await open()
      const isPoison = (key: string) => key === 'order 3'
      scene.judge = ({ topic, key }) =>
        topic === 'holdfast.order' && isPoison(key)
          ? { kind: 'fatal', error: new Error('too large') }
          : { kind: 'acked' }
      await scene.sell(0, 30)
      await scene.relay().relay.drain()
      expect(await waiting()).toBe(0)
      const { outbox } = scene.store
      const { messages } = await outbox.listParked({ cursor: null, limit: 10 })
      expect(messages.map(({ message, reason }) => [message.type, reason])).toEqual([
        ['order.placed', 'too large'],
        ['order.paid', null],
      ])
      const [placed] = messages
      expect(await outbox.metrics()).toEqual({ depth: 0, oldestMs: null, parked: 2, blockedKeys: 1 })
      scene.judge = () => ({ kind: 'acked' })
      await scene.relay().relay.drain()
      expect(scene.arrived().byKey.get('holdfast.order order 3')).toBeUndefined()
      expect(await outbox.resume(placed?.shard as string, placed?.message.id as string)).toBe(2)
      await scene.relay().relay.drain()
      expectWhole(scene)
      expect(scene.arrived().repeated).toBe(0)
      expect(await outbox.metrics()).toEqual({ depth: 0, oldestMs: null, parked: 0, blockedKeys: 0 })
    })

    it('hold up no sales though one of them blocks its key for ever', async () => {
      const { scene, waiting, mostWaiting } = await open({ maxUnrelayed: 20 })
      let isBlocked = true
      scene.judge = ({ topic, key }) =>
        isBlocked && topic === 'holdfast.order' && key === 'order 3'
          ? { kind: 'fatal', error: new Error('not yet') }
          : { kind: 'acked' }
      const { relay } = scene.relay({ poison: 'block-key' })
      await relay.start()
      await scene.sell(3, 1)
      for (let number = 6; number < 300; number += 3) {
        await scene.sell(number, 1)
        // One order is a few entries: no partition comes to its bound of 20, however slow the relay is.
        await expect.poll(mostWaiting, { timeout: 20_000, interval: 5 }).toBeLessThan(15)
      }
      isBlocked = false
      await expect
        .poll(async () => (await scene.store.outbox.metrics()).depth, { timeout: 40_000, interval: 50 })
        .toBe(0)
      await relay.close()
      expectWhole(scene)
      expect(await waiting()).toBe(0)
    })

    it('let sales go on that were refused because too many waited', async () => {
      const { scene, waiting } = await open({ maxUnrelayed: 8 })
      let sold = 0
      const fill = async () => {
        for (;;) await scene.sell(3 * sold++, 1)
      }
      await expect(fill()).rejects.toMatchObject({ code: 'overloaded' })
      const { relay } = scene.relay()
      await relay.drain()
      expect(await waiting()).toBe(0)
      await scene.sell(3 * sold, 1)
      await relay.drain()
      expectWhole(scene)
    })

    it('of one partition are relayed while those of another wait', async () => {
      const { scene, waiting } = await open()
      const [held] = await scene.store.partitions()
      const lease = await scene.store.outbox.lease(held as string, 'another', LEASE)
      await scene.sell(0, 30)
      await scene.relay().relay.drain()
      const { ids } = scene.arrived()
      expect([...ids].filter((id) => id.startsWith(`${held}/`))).toEqual([])
      if (partitions !== undefined) expect(ids.size).toBeGreaterThan(0)
      await lease?.release()
      await scene.relay().relay.drain()
      expect(await waiting()).toBe(0)
      expectWhole(scene)
    })

    it('are what a paused relay cannot touch once its lease is over', async () => {
      const { scene, waiting } = await open()
      await scene.sell(0, 9)
      const [shard] = await scene.store.partitions()
      const paused = (await scene.store.outbox.lease(shard as string, 'paused', LEASE)) as OutboxLease
      const read = (await paused.read(100)) as readonly WaitingMessage[]
      const before = await waiting()
      scene.pass(LEASE)
      const all = read.map(({ position }) => position)
      for (const _ of ['nobody has the shard', 'another has it']) {
        await expect(paused.acknowledge(all)).rejects.toMatchObject({ code: 'fenced' })
        await expect(paused.read(1)).rejects.toMatchObject({ code: 'fenced' })
        expect(await waiting()).toBe(before)
        expect(await scene.store.outbox.lease(shard as string, 'another', LEASE)).toBeDefined()
      }
    })

    it('are not passed over where one is missing', async () => {
      const { scene, keyPrefix } = await open()
      for (let round = 0; round < 4; round++) await scene.sell(round * 15, 15)
      const names = await scene.store.partitions()
      const lengths = await Promise.all(names.map((name) => redis.xlen(`${keyPrefix}{${name}}:outbox`)))
      const shard = names[lengths.indexOf(Math.max(...lengths))]
      const key = `${keyPrefix}{${shard}}:outbox`
      const entries = await redis.xrange(key, '-', '+')
      const [[first], [second]] = entries as [[string, string[]], [string, string[]]]
      await redis.xdel(key, second)
      await scene.relay().relay.drain()
      expect(scene.errors).not.toHaveLength(0)
      expect(scene.errors.every((error) => isHoldfastError(error, 'stream-gap'))).toBe(true)
      const { ids } = scene.arrived()
      const sent = new Set([...ids].filter((id) => id.startsWith(`${shard}/`)).map((id) => id.split('/')[2]))
      expect([...sent].every((sequence) => `${first.split('-')[0]}-${sequence}` === first)).toBe(true)
    })
  })
}
