import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisClient, RedisStore, type RedisStoreOptions } from '../src/index.js'
import { commandsGranted } from './access.js'
import { dayOfAShop } from './day-of-a-shop.js'
import { newKeys } from './redis-servers.js'

// The rights that docs/redis.md gives to shops are the fewest: without any one of them something is refused.

/** What clients ask of a cluster before anything else. */
const TO_FIND_A_CLUSTER = ['cluster|slots', 'cluster|info']
/** That it is sent when a slot moves is seen by `faults/08-slot-moves.test.ts`. */
const WHEN_A_SLOT_MOVES = ['asking']
const IN_A_DAY = commandsGranted('shop').filter(
  (command) => ![...TO_FIND_A_CLUSTER, ...WHEN_A_SLOT_MOVES].includes(command),
)
const REFUSED = /permission|can't run this command/i

const one = await newKeys('redis-replicated')
describe.skipIf(one === null)('a day of a shop', () => {
  if (one === null) return
  let administrator: Redis
  beforeAll(() => {
    administrator = one.connect() as Redis
  })
  afterAll(() => one.drop())
  let days = 0

  async function day(without: readonly string[]): Promise<void> {
    const client = (await one?.connectAs('shop', without)) as RedisClient
    // Forgotten scripts are sent again.
    await administrator.script('FLUSH')
    const options: RedisStoreOptions = { durability: { replicas: 1 } }
    await dayOfAShop(client, { ...options, keyPrefix: `${one?.prefix}${days++}:` })
  }

  it('asks for nothing that it may not', async () => {
    await expect(day([])).resolves.toBeUndefined()
  })

  it.each(IN_A_DAY)('is not got through without %s', async (command) => {
    await expect(day([command])).rejects.toThrow(REFUSED)
  })
})

const several = await newKeys('redis-cluster')
describe.skipIf(several === null)('on a cluster', () => {
  if (several === null) return
  afterAll(() => several.drop())
  const create = async (without: readonly string[]) => {
    const client = await several.connectAs('shop', without)
    client.on('error', () => {})
    return new RedisStore(client as RedisClient, { keyPrefix: several.prefix }).create()
  }

  it('a store is created', async () => {
    await expect(create([])).resolves.toBeUndefined()
  })

  it.each(TO_FIND_A_CLUSTER)('none is without %s', async (command) => {
    await expect(create([command])).rejects.toThrow()
  })
})
