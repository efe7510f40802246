import {
  EventConsumer,
  MemoryInbox,
  MemoryLocalTransactions,
  MemoryOutbox,
  Messages,
  Relay,
} from '@holdfast/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fromKafkajs } from '../src/index.js'
import { brokers, contentsOf, kafkajsAt, newName } from './kafka.js'

describe.skipIf(brokers === null)('a consumer of Kafka with an inbox', () => {
  const at = brokers ?? []
  const kafka = () => fromKafkajs(kafkajsAt(at))

  /** Tells of so many changes of so many keys, and brings them to a topic of its own. */
  async function told(keys: number, each: number): Promise<string> {
    const topic = newName('told')
    await kafka().ensureTopics([
      { topic, partitions: 6 },
      { topic: `${topic}.dead-letter`, partitions: 2 },
    ])
    const outbox = new MemoryOutbox()
    const messages = new Messages({ transactions: new MemoryLocalTransactions(), outbox })
    const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }
    for (let n = 1; n <= keys * each; n++) {
      await messages.send(
        { type: 'thing.changed', key: `key-${n % keys}`, data: n, headers },
        { run: () => {} },
      )
    }
    const publisher = kafka().publisher()
    const relay = new Relay({ outbox, publisher, topicOf: () => topic })
    await expect
      .poll(
        async () => {
          await relay.drain()
          return (await outbox.metrics()).depth
        },
        { timeout: 30_000 },
      )
      .toBe(0)
    await publisher.close()
    return topic
  }

  /** A member of a group, whose inbox may be another's as well, as with a database. */
  function consumerOf(
    topic: string,
    { groupId = newName('group'), inbox = new MemoryInbox(), deadLetters = false } = {},
  ) {
    const publisher = deadLetters ? kafka().publisher() : undefined
    const consumer = new EventConsumer({
      ...{ source: kafka().source({ groupId, sessionTimeoutMs: 10_000 }), inbox, topics: [topic] },
      ...{ deadLetters: publisher, attempts: 2, retryAfter: { milliseconds: 100 }, batchLimit: 20 },
    })
    const close = async () => {
      await consumer.close()
      await publisher?.close()
    }
    onTestFinished(close)
    return { consumer, close }
  }

  test('hands over what was told, once, in order, with its headers', async () => {
    const topic = await told(20, 20)
    const handled: { key: string; n: number; traceparent: string | undefined }[] = []
    const { consumer } = consumerOf(topic)
    consumer.on('thing.changed', ({ subject, data, headers }) => {
      handled.push({ key: subject, n: Number(data), traceparent: headers.traceparent })
    })
    await consumer.start()
    await expect.poll(() => handled.length, { timeout: 30_000 }).toBe(400)
    for (let key = 0; key < 20; key++) {
      const ofKey = handled.filter((each) => each.key === `key-${key}`).map(({ n }) => n)
      expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b))
    }
    expect(handled[0]?.traceparent).toMatch(/^00-0af76519/)
  })

  test('sends what is poison to the dead letters, with the reason, and goes on with its key', async () => {
    const topic = await told(5, 10)
    const handled = new Map<string, number[]>()
    const { consumer } = consumerOf(topic, { deadLetters: true })
    consumer.on('thing.changed', ({ subject, data }, { trx }) => {
      if (data === 13) throw new Error('thirteen brings bad luck')
      trx.stage(() => handled.set(subject, [...(handled.get(subject) ?? []), Number(data)]))
    })
    await consumer.start()
    await expect.poll(() => [...handled.values()].flat().length, { timeout: 30_000 }).toBe(49)
    expect(handled.get('key-3')).toEqual([3, 8, 18, 23, 28, 33, 38, 43, 48])
    const [letter, ...others] = await contentsOf(at, `${topic}.dead-letter`)
    expect(others).toEqual([])
    const headers = Object.fromEntries(
      Object.entries(letter?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    )
    expect([String(letter?.key), String(letter?.value)]).toEqual(['key-3', '13'])
    expect(headers).toMatchObject({
      'holdfast-reason': expect.stringContaining('thirteen brings bad luck'),
      ce_type: 'thing.changed',
    })
    // One more where it failed first together with others: nobody knew then who was to blame.
    expect(Number(headers['holdfast-attempts'])).toBeGreaterThanOrEqual(2)
  })

  test('without dead letters a key waits behind what fails, and the others go on', async () => {
    const topic = await told(5, 10)
    let isBroken = true
    const handled = new Map<string, number[]>()
    const { consumer } = consumerOf(topic)
    consumer.on('thing.changed', ({ subject, data }, { trx }) => {
      if (data === 13 && isBroken) throw new Error('not yet')
      trx.stage(() => handled.set(subject, [...(handled.get(subject) ?? []), Number(data)]))
    })
    await consumer.start()
    await expect.poll(() => [...handled.values()].flat().length, { timeout: 30_000 }).toBe(42)
    expect(handled.get('key-3')).toEqual([3, 8])
    isBroken = false
    await expect.poll(() => [...handled.values()].flat().length, { timeout: 30_000 }).toBe(50)
    expect(handled.get('key-3')).toEqual([3, 8, 13, 18, 23, 28, 33, 38, 43, 48])
  })

  test('handles each message once, in order, while members come and go', { timeout: 300_000 }, async () => {
    const topic = await told(100, 30)
    const [groupId, inbox] = [newName('storm'), new MemoryInbox()]
    const handled = new Map<string, number[]>()
    const open: (() => Promise<void>)[] = []
    const join = async () => {
      const { consumer, close } = consumerOf(topic, { groupId, inbox })
      consumer.on('thing.changed', async ({ subject, data }) => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        handled.set(subject, [...(handled.get(subject) ?? []), Number(data)])
      })
      open.push(close)
      await consumer.start()
    }
    await join()
    for (let round = 0; round < 8; round++) {
      await join()
      await new Promise((resolve) => setTimeout(resolve, 400))
      if (round % 2 === 1) await open.shift()?.()
    }
    await expect.poll(() => [...handled.values()].flat().length, { timeout: 200_000 }).toBe(3_000)
    for (const ofKey of handled.values()) {
      expect(ofKey).toEqual([...new Set(ofKey)].sort((a, b) => a - b))
    }
  })
})
