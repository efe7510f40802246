import { MemoryLocalTransactions, MemoryOutbox, Messages, type PoisonPolicy, Relay } from '@holdfast/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { KafkaCluster } from '../../../tools/services/kafka-cluster.js'
import type { KafkaSending } from '../src/kafka-connection.js'
import { brokers, clients, contentsOf, newName } from './kafka.js'

/** What a record of 1,200,000 bytes is to a broker as it comes: it will never be taken. */
const TOO_LARGE = 'x'.repeat(1_200_000)

/** A shop's messages, in memory, and relays that bring them to a topic. */
class Shop {
  readonly outbox = new MemoryOutbox({ shards: 4 })
  private readonly messages = new Messages({
    transactions: new MemoryLocalTransactions(),
    outbox: this.outbox,
  })

  constructor(
    private readonly kafka: KafkaSending,
    readonly topic: string,
  ) {}

  async tell(key: string, data: unknown): Promise<void> {
    await this.messages.send({ type: 'thing.changed', key, data }, { run: () => {} })
  }

  async relay(poison: PoisonPolicy = 'park-key'): Promise<Relay> {
    const publisher = this.kafka.publisher()
    const relay = new Relay({
      ...{ outbox: this.outbox, publisher, poison, topicOf: () => this.topic, batchLimit: 50 },
      ...{ attempts: 2, retryAfter: { milliseconds: 50 }, leaseFor: { seconds: 2 } },
    })
    onTestFinished(async () => {
      await relay.close()
      await publisher.close()
    })
    await relay.start()
    return relay
  }

  async waits(): Promise<number> {
    return (await this.outbox.metrics()).depth
  }
}

async function arrived(at: string[], topic: string): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const values = new Map<string, unknown[]>()
  const seen = new Set<string>()
  for (const { key, value, headers } of await contentsOf(at, topic)) {
    // What came again is dropped by whoever reads, by its id.
    const id = String(headers.ce_id)
    if (seen.has(id)) continue
    seen.add(id)
    values.set(String(key), [...(values.get(String(key)) ?? []), JSON.parse(String(value))])
  }
  return values
}

describe.skipIf(brokers === null).each(Object.entries(clients))('a relay on %s', (_name, connect) => {
  const at = brokers ?? []

  async function shopOn(brokers: string[]): Promise<Shop> {
    const [kafka, topic] = [connect(brokers), newName('relayed')]
    await kafka.ensureTopics([{ topic, partitions: 6 }])
    return new Shop(kafka, topic)
  }

  test.each([
    ['block-key', [1], false],
    ['park-key', [1], true],
    ['skip-after-n', [1, 3, 4], true],
  ] as const)(
    'under %s a record that the broker refuses stops no other key',
    async (policy, ofKey, isParked) => {
      const shop = await shopOn(at)
      const relay = await shop.relay(policy)
      const troubled = new Promise((resolve) => {
        relay.on('parked', resolve)
        relay.on('blocked', resolve)
      })
      for (const data of [1, TOO_LARGE, 3, 4]) await shop.tell('bad', data)
      for (let n = 1; n <= 200; n++) await shop.tell(`key-${n % 20}`, n)
      await troubled
      await expect.poll(() => shop.waits(), { timeout: 30_000 }).toBe(isParked ? 0 : 3)
      const values = await arrived(at, shop.topic)
      expect(values.get('bad')).toEqual(ofKey)
      for (let key = 0; key < 20; key++) {
        const due = Array.from({ length: 10 }, (_, round) => round * 20 + (key === 0 ? 20 : key))
        expect(values.get(`key-${key}`)).toEqual(due)
      }
      const { messages } = await shop.outbox.listParked({ cursor: null, limit: 10 })
      expect(messages.length).toBe({ 'block-key': 0, 'park-key': 3, 'skip-after-n': 1 }[policy])
    },
  )

  test('brings everything, in order, through a broker that is killed and comes back', {
    timeout: 400_000,
  }, async () => {
    const cluster = await KafkaCluster.start(1)
    onTestFinished(() => cluster.stop())
    const shop = await shopOn(cluster.brokers)
    await shop.relay()
    await shop.relay()
    let n = 0
    const tellSome = async () => {
      for (let some = 0; some < 500; some++) await shop.tell(`key-${++n % 50}`, n)
    }
    await tellSome()
    await cluster.end(1, 'SIGKILL')
    await tellSome()
    await cluster.run(1)
    await tellSome()
    await expect.poll(() => shop.waits(), { timeout: 200_000 }).toBe(0)
    const values = await arrived(cluster.brokers, shop.topic)
    expect([...values.values()].flat().length).toBe(1_500)
    for (const ofKey of values.values())
      expect(ofKey).toEqual([...ofKey].sort((a, b) => Number(a) - Number(b)))
  })
})
