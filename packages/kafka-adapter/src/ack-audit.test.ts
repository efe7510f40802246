import type { OutgoingRecord } from '@holdfast/core/adapter'
import { expect, test } from 'vitest'
import { KafkaPublisher } from './kafka-publisher.js'
import type { Acknowledgement, ProducerClient } from './producer-client.js'

const ack = (partition: number, baseOffset: bigint | null, topic = 'orders'): Acknowledgement => ({
  topic,
  partition,
  baseOffset,
})

/** A client that answers as it is told. */
function clientThat(answers: readonly (readonly Acknowledgement[])[]): ProducerClient {
  const left = [...answers]
  return {
    connect: async () => {},
    topics: async () => new Map([['orders', 1]]),
    send: async () => left.shift() ?? [],
    verdictOf: () => 'unknown',
    close: async () => {},
  }
}

const records: readonly OutgoingRecord[] = ['1', '2', '3'].map((value) => ({
  topic: 'orders',
  key: 'key',
  value,
  headers: {},
}))

test.each([
  ['acknowledged further on each time', [[ack(0, 0n)], [ack(0, 3n)], [ack(0, 10n)]], [true, true, true]],
  ['silent on what was sent', [[ack(0, 0n)], [], [ack(0, 3n)]], [true, false, true]],
  ['about another partition', [[ack(1, 0n)], [ack(0, 3n)]], [false, true]],
  ['about another topic', [[ack(0, 0n, 'others')], [ack(0, 3n)]], [false, true]],
  ['the same again', [[ack(0, 5n)], [ack(0, 5n)], [ack(0, 8n)]], [true, false, true]],
  ['within what was sent before', [[ack(0, 5n)], [ack(0, 7n)]], [true, false]],
  ['twice for one send', [[ack(0, 0n), ack(0, 3n)]], [false]],
  ['without an offset', [[ack(0, null)], [ack(0, -1n)]], [false, false]],
  ['of a topic made anew', [[ack(0, 100n)], [ack(0, 0n)], [ack(0, 3n)]], [true, false, true]],
])('an answer %s', async (_what, answers, believed) => {
  const publisher = new KafkaPublisher(clientThat(answers))
  await publisher.connect()
  for (const isBelieved of believed) {
    const sent = await publisher.publishBatch(records)
    expect(sent.map(({ kind }) => kind)).toEqual(records.map(() => (isBelieved ? 'acked' : 'unknown')))
    if (!isBelieved)
      expect(sent[0]).toMatchObject({ error: { message: expect.stringContaining('silent drop suspected') } })
  }
})
