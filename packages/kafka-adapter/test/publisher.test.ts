import type { OutgoingRecord, Publisher } from '@holdfast/core/adapter'
import { describe, expect, onTestFinished, test } from 'vitest'
import { KafkaCluster } from '../../../tools/services/kafka-cluster.js'
import { partitionOf } from '../src/index.js'
import { brokers, clients, contentsOf, newName } from './kafka.js'

const PARTITIONS = 5

const record = (topic: string, key: string, value: string | null): OutgoingRecord => ({
  topic,
  key,
  value,
  headers: { ce_id: `${key}/${value}`, traceparent: Buffer.from('00-abc-def-01') },
})

/** As a relay does: the records of each track, in order, again while they may be sent again. */
async function publishAll(publisher: Publisher, records: readonly OutgoingRecord[]) {
  const tracks = new Map<string, OutgoingRecord[]>()
  for (const each of records) {
    const track = publisher.trackOf(each.topic, each.key)
    tracks.set(track, [...(tracks.get(track) ?? []), each])
  }
  await Promise.all(
    [...tracks.values()].map((track) => {
      let left = track
      return expect
        .poll(async () => {
          const sent = await publisher.publishBatch(left)
          left = left.filter((_, index) => sent[index]?.kind === 'retriable')
          return [...new Set(sent.map(({ kind }) => kind))]
        })
        .toEqual(['acked'])
    }),
  )
}

describe.skipIf(brokers === null).each(Object.entries(clients))('a publisher on %s', (_name, connect) => {
  const at = brokers ?? []

  async function publisherTo(topic: string): Promise<Publisher> {
    const kafka = connect(at)
    await kafka.ensureTopics([{ topic, partitions: PARTITIONS }])
    const publisher = kafka.publisher()
    onTestFinished(() => publisher.close())
    await publisher.connect()
    return publisher
  }

  test('sends each key to its partition, in order, with its headers', async () => {
    const topic = newName('sends')
    const publisher = await publisherTo(topic)
    const records = Array.from({ length: 200 }, (_, index) =>
      record(topic, `key-${index % 20}`, String(index)),
    )
    await publishAll(publisher, records)

    const found = await contentsOf(at, topic)
    expect(found.length).toBe(200)
    for (const key of new Set(records.map(({ key }) => key))) {
      const ofKey = found.filter((each) => each.key?.toString() === key)
      expect(new Set(ofKey.map(({ partition }) => partition))).toEqual(
        new Set([partitionOf(key, PARTITIONS)]),
      )
      expect(ofKey.map(({ value }) => value?.toString())).toEqual(
        records.filter((each) => each.key === key).map(({ value }) => value),
      )
      expect(publisher.trackOf(topic, key)).toBe(`${topic}/${partitionOf(key, PARTITIONS)}`)
    }
    const headers = found[0]?.headers ?? {}
    expect(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))).toEqual(
      {
        ce_id: `${found[0]?.key}/${found[0]?.value}`,
        traceparent: '00-abc-def-01',
      },
    )
  })

  test('takes a topic made later as one track, and spreads it over its partitions', async () => {
    const publisher = await publisherTo(newName('other'))
    const topic = newName('late')
    const records = Array.from({ length: 50 }, (_, index) =>
      record(topic, `key-${index % 10}`, String(index)),
    )
    const before = await publisher.publishBatch(records)
    expect(new Set(before.map(({ kind }) => kind))).toEqual(new Set(['retriable']))

    await connect(at).ensureTopics([{ topic, partitions: PARTITIONS }])
    expect(publisher.trackOf(topic, 'key-1')).toBe(topic)
    await publishAll(publisher, records)
    expect(publisher.trackOf(topic, 'key-1')).toBe(topic)
    for (const { key, partition } of await contentsOf(at, topic)) {
      expect(partition).toBe(partitionOf(String(key), PARTITIONS))
    }
  })

  test('tells what is too large from what may be tried again', async () => {
    const topic = newName('large')
    const publisher = await publisherTo(topic)
    const large = record(topic, 'key', 'x'.repeat(1_200_000))
    await publishAll(publisher, [record(topic, 'key', 'first')])
    expect(await publisher.publishBatch([large])).toMatchObject([{ kind: 'fatal' }])
    const small = record(topic, 'key', 'x')
    expect(await publisher.publishBatch([small, large])).toMatchObject([{ kind: 'fatal' }, { kind: 'fatal' }])
    await publishAll(publisher, [small])
  })

  test('leaves topics that are there as they are', async () => {
    const topic = newName('kept')
    const kafka = connect(at)
    await kafka.ensureTopics([{ topic, partitions: 2, config: { 'retention.ms': '1000000' } }])
    await kafka.ensureTopics([{ topic, partitions: 7 }])
    const publisher = kafka.publisher()
    onTestFinished(() => publisher.close())
    await publisher.connect()
    expect(publisher.trackOf(topic, 'key')).toBe(`${topic}/${partitionOf('key', 2)}`)
  })

  test('answers while its broker is gone, and sends when it is back', { timeout: 240_000 }, async () => {
    const cluster = await KafkaCluster.start(1)
    onTestFinished(() => cluster.stop())
    const kafka = connect(cluster.brokers)
    const topic = newName('gone')
    await kafka.ensureTopics([{ topic, partitions: 1 }])
    const publisher = kafka.publisher()
    onTestFinished(() => publisher.close())
    await publisher.connect()
    await publishAll(publisher, [record(topic, 'key', '1')])
    await cluster.end(1, 'SIGKILL')
    // Some answer at once, others when they know.
    const whileGone = publisher.publishBatch([record(topic, 'key', '2')])
    await cluster.run(1)
    expect(['acked', 'unknown', 'retriable']).toContain((await whileGone)[0]?.kind)
    await expect
      .poll(async () => (await publisher.publishBatch([record(topic, 'key', '2')]))[0]?.kind, {
        timeout: 30_000,
      })
      .toBe('acked')
    const found = await contentsOf(cluster.brokers, topic)
    expect([...new Set(found.map(({ value }) => value?.toString()))]).toEqual(['1', '2'])
  })
})
