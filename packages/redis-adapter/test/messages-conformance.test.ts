import {
  type HalfMessagesUnderTest,
  type OutboxUnderTest,
  testHalfMessageStore,
  testOutbox,
} from '@holdfast/conformance'
import { MemoryLocalTransactions, type MemoryTransaction, type StoreClock } from '@holdfast/core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type RedisClient, RedisHalfMessages, RedisOutbox } from '../src/index.js'
import { newKeys, type ServerKind, type TestKeys } from './redis-servers.js'

const KINDS: readonly ServerKind[] = ['redis', 'redis-cluster']

for (const kind of KINDS) {
  const keys = await newKeys(kind)
  describe.skipIf(keys === null)(`messages on ${kind}`, () => {
    if (keys !== null) testOn(keys)
  })
}

function testOn(keys: TestKeys): void {
  let one: RedisClient
  let other: RedisClient
  // With the rights that docs/redis.md gives, and no more.
  beforeAll(async () => {
    const connect = () => keys.connectAs('shop') as Promise<unknown> as Promise<RedisClient>
    one = await connect()
    other = await connect()
  })
  afterAll(() => keys.drop())
  let cases = 0
  const optionsFor = (clock: StoreClock) => ({
    keyPrefix: `${keys.prefix}${cases++}:`,
    clock: { kind: 'virtual' as const, now: () => clock.now() },
  })

  testOutbox({
    describe,
    it,
    declines: ['open transactions'],
    async create({ clock }): Promise<OutboxUnderTest> {
      const options = optionsFor(clock)
      const outbox = new RedisOutbox(one, options)
      const write: OutboxUnderTest['write'] = (messages) => outbox.write(messages)
      return { outbox, other: new RedisOutbox(other, options), write, hold: null, close: async () => {} }
    },
  })

  testHalfMessageStore<MemoryTransaction>({
    describe,
    it,
    async create({ clock }): Promise<HalfMessagesUnderTest<MemoryTransaction>> {
      const options = optionsFor(clock)
      const entries: string[] = []
      return {
        halfMessages: new RedisHalfMessages(one, options),
        other: new RedisHalfMessages(other, options),
        transactions: new MemoryLocalTransactions(clock),
        write: async (transaction, entry) => transaction.stage(() => void entries.push(entry)),
        entries: async () => entries,
        sent: () => waitingIn(new RedisOutbox(one, options)),
        close: async () => {},
      }
    },
  })
}

/** Ids that wait in the first shard, read by a lease that is given back. */
async function waitingIn(outbox: RedisOutbox): Promise<readonly string[]> {
  const [shard] = await outbox.shards()
  const lease = await outbox.lease(shard as string, 'test', 1_000)
  const read = await lease?.read(100)
  await lease?.release()
  return Array.isArray(read) ? read.map(({ message }) => message.id) : []
}
