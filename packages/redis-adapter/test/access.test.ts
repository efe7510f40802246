import { OrderDesk } from '@holdfast/core'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisClient, RedisStore } from '../src/index.js'
import * as scripts from '../src/scripts/embedded.js'
import { commandsGranted } from './access.js'
import { newKeys } from './redis-servers.js'

// That these rights are enough is held by the conformance kit, which runs as the user `shop`.

/** What clients and the adapter send themselves. */
const SENT = {
  shop: ['evalsha', 'eval', 'hscan', 'xrange', 'wait', 'info', 'cluster|slots', 'cluster|info', 'asking'],
  operator: ['evalsha', 'eval', 'memory|usage', 'config|get', 'info', 'cluster|slots', 'cluster|info'],
}

describe('the rights that docs/redis.md gives', () => {
  it('to shops are what the scripts and the client run, and no more', () => {
    const { DESCRIBE: _, ...ofShops } = scripts
    expect([...commandsGranted('shop')].sort()).toEqual(sorted([...runBy(ofShops), ...SENT.shop]))
  })

  it('to operators are what describing runs, and no more', () => {
    const { DESCRIBE, HASH, READ } = scripts
    const run = runBy({ DESCRIBE, HASH, READ })
    expect([...commandsGranted('operator')].sort()).toEqual(sorted([...run, ...SENT.operator]))
  })
})

const keys = await newKeys('redis')
describe.skipIf(keys === null)('users with these rights', () => {
  if (keys === null) return
  let shop: Redis
  let operator: Redis
  beforeAll(async () => {
    shop = (await keys.connectAs('shop')) as Redis
    operator = (await keys.connectAs('operator')) as Redis
  })
  afterAll(() => keys.drop())

  it('sell, and describe what was sold', async () => {
    const options = { keyPrefix: keys.prefix }
    const store = new RedisStore(shop, options)
    await store.create()
    const desk = new OrderDesk({ store, policy: {} })
    await desk.restock({ id: 'opening', sku: 'PHONE', quantity: 3 })
    await desk.place({ buyer: { user: 'ada' }, lines: [{ sku: 'PHONE', quantity: 1 }] })
    const { partitions, servers } = await new RedisStore(operator, options).describe({ sku: 'PHONE' })
    expect(partitions[0]).toMatchObject({ accounts: [{ available: 2 }], outbox: { sequence: 2 } })
    expect(servers[0]?.appendFsync).not.toBeNull()
    await desk.close()
  })

  it.each<[string, () => RedisClient, string[]]>([
    ['shop', () => shop, ['keys', '*']],
    ['shop', () => shop, ['flushall']],
    ['shop', () => shop, ['config', 'get', 'appendonly']],
    ['operator', () => operator, ['hset', 'x', 'y', 'z']],
  ])('as %s do nothing else', async (_, client, [command = '', ...args]) => {
    await expect(client().callBuffer(command, ...args)).rejects.toThrow(/^NOPERM/)
  })

  it('reach no key of another prefix', async () => {
    await expect(new RedisStore(shop, { keyPrefix: 'of-somebody-else:' }).create()).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('permission'),
    })
  })

  it('as operators change nothing', async () => {
    const supply = {
      ...{ kind: 'supply' as const, movement: 'm', account: { sku: 'PHONE', pool: 'default' } },
      ...{ delta: 1, cause: 'restock' },
    } as const
    const read = new RedisStore(operator, { keyPrefix: keys.prefix })
    await expect(read.apply('main', null, [supply])).rejects.toMatchObject({ code: 'store-failed' })
    expect((await read.describe()).partitions[0]?.outbox.sequence).toBe(2)
  })
})

/** The commands in the text of scripts: called, or handed to a function that calls them. */
function runBy(some: Readonly<Record<string, string | { readonly real: string }>>): ReadonlySet<string> {
  const found = new Set<string>()
  for (const script of Object.values(some)) {
    const text = typeof script === 'string' ? script : script.real
    for (const [, name = ''] of text.matchAll(/'([A-Z]{2,})'/g))
      if (COMMANDS.test(name)) found.add(name.toLowerCase())
  }
  return found
}

const COMMANDS =
  /^(?:TIME|H(?:GET|SET|DEL|LEN|M|INCR|SCAN|KEYS|VALS|EX)\w*|Z[A-Z]+|X[A-Z]+|S[A-Z]+|L(?:PUSH|POP|LEN|RANGE|REM)|GET|SET|DEL|INCR\w*|P?EXPIRE\w*|EXISTS|TYPE|UNLINK)$/

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort()
}
