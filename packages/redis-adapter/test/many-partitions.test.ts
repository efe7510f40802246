import type { Command, ReservationStore } from '@holdfast/core/adapter'
import { afterAll, describe, expect, it } from 'vitest'
import { RedisStore } from '../src/index.js'
import { newKeys } from './redis-servers.js'

const keys = await newKeys('redis-cluster')
const PARTITIONS = 12

// A store of many partitions on a cluster of three masters: what one SKU needs lies on one node.
describe.skipIf(keys === null)('many partitions over a cluster', () => {
  if (keys === null) return
  afterAll(() => keys.drop())
  const store = new RedisStore(keys.connect(), { keyPrefix: keys.prefix, partitions: PARTITIONS })

  it('sells from each SKU where its account, its limits and its guard lie together', async () => {
    await store.create()
    for (let number = 0; number < 24; number++) {
      const sku = `sku ${number}`
      expect(await asked(store, supply(sku, 2))).toMatchObject({ kind: 'supplied', available: 2 })
      expect(await asked(store, reserve(sku, 'one'))).toMatchObject({ kind: 'granted' })
      expect(await asked(store, reserve(sku, 'one', 'again'))).toMatchObject({ kind: 'unpaid-order' })
      expect(await asked(store, reserve(sku, 'two'))).toMatchObject({ kind: 'granted' })
      expect(await asked(store, reserve(sku, 'three'))).toMatchObject({ kind: 'insufficient-stock' })
    }
    const names = await store.partitions()
    const pages = await Promise.all(
      names.map((name) => store.read(name, { kind: 'list', of: 'accounts', cursor: null, limit: 100 })),
    )
    expect(pages.filter(({ accounts }) => accounts.length > 0).length).toBeGreaterThan(6)
    expect(pages.flatMap(({ accounts }) => accounts.map(({ reserved }) => reserved))).toEqual(
      Array(24).fill(2),
    )
  })

  it('tells which partition is lost, and sells on in the others', async () => {
    const redis = keys.connect()
    const [lost, kept] = [partitionOf(store, supply('sku 0', 0)), partitionOf(store, supply('sku 1', 0))]
    expect(lost).not.toBe(kept)
    await redis.del(`${keys.prefix}{${lost}}:meta`)
    expect(await store.apply(lost, null, [supply('sku 0', 1, 'more')])).toEqual({
      kind: 'fenced',
      epoch: null,
    })
    expect(await store.apply(kept, null, [supply('sku 1', 1, 'more')])).toMatchObject({ kind: 'applied' })
  })
})

function partitionOf(store: ReservationStore, command: Command): string {
  const touched = store.partitionsOf(command)
  expect(touched).toHaveLength(1)
  return touched[0] as string
}

async function asked(store: ReservationStore, command: Command): Promise<unknown> {
  const reply = await store.apply(partitionOf(store, command), null, [command])
  return reply.kind === 'applied' ? reply.outcomes[0] : reply
}

function supply(sku: string, delta: number, movement = 'delivery'): Command {
  return { kind: 'supply', movement, account: { sku, pool: 'default' }, delta, cause: 'restock' }
}

function reserve(sku: string, buyer: string, id = buyer): Command {
  const scope = `sku:${sku}`
  return {
    kind: 'reserve',
    id: `${sku} ${id}`,
    home: buyer,
    claims: {
      fingerprint: { buyer, lines: sku },
      units: [{ account: { sku, pool: 'default' }, quantity: 1 }],
      uses: [{ counter: `limit/two/${scope}/${buyer}`, prior: [], max: 2, lines: [0], from: 0, to: null }],
      backorder: false,
    },
    refuse: null,
    guards: [{ name: `unpaid/${scope}/${buyer}`, prior: [] }],
    risk: null,
    stock: 'take',
    notAfter: Number.MAX_SAFE_INTEGER,
    holdMs: 60_000,
    maxHoldMs: 60_000,
    data: null,
    rows: null,
  }
}
