import type { Handled, IncomingRecord, MessageSource, SourceBatch } from '@holdfast/core/adapter'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fromKafkajs, type KafkaSourceOptions } from '../src/index.js'
import { brokers, kafkajsAt, newName } from './kafka.js'

const PARTITIONS = 4

// What every source must do is tested in conformance.test.ts.

describe.skipIf(brokers === null)('a source', () => {
  const at = brokers ?? []

  async function topicWith(keys: number, each: number): Promise<string> {
    const topic = newName('read')
    await fromKafkajs(kafkajsAt(at)).ensureTopics([{ topic, partitions: PARTITIONS }])
    const producer = kafkajsAt(at).producer()
    await producer.connect()
    const messages = Array.from({ length: keys * each }, (_, index) => ({
      key: `key-${index % keys}`,
      value: String(index),
      headers: { ce_id: String(index) },
    }))
    // A new topic's leaders may not be known yet. One key a send, which is one partition: sent again, none is there twice.
    for (let key = 0; key < keys; key++) {
      const ofKey = messages.filter((_, index) => index % keys === key)
      await expect
        .poll(() =>
          producer.send({ topic, messages: ofKey }).then(
            () => true,
            () => false,
          ),
        )
        .toBe(true)
    }
    await producer.disconnect()
    return topic
  }

  /** A member of a group that keeps what it handled, and what went wrong. */
  class Reader {
    readonly handled: IncomingRecord[] = []
    readonly errors: unknown[] = []
    readonly source: MessageSource

    constructor(
      options: KafkaSourceOptions,
      private readonly answer: (batch: SourceBatch) => Promise<Handled> = async ({ records }) => ({
        records: records.length,
        pauseMs: 0,
      }),
    ) {
      this.source = fromKafkajs(kafkajsAt(at)).source(options)
      onTestFinished(() => this.source.close())
    }

    start(topic: string): Promise<void> {
      const handle = async (batch: SourceBatch) => {
        const answer = await this.answer(batch)
        this.handled.push(...batch.records.slice(0, answer.records))
        return answer
      }
      const on = {
        error: (error: unknown) => void this.errors.push(error),
        crashed: (error: unknown) => void this.errors.push(error),
      }
      return this.source.start([topic], handle, on)
    }

    /** What was handled first of each record, in the order in which it was. */
    get values(): readonly string[] {
      return [...new Set(this.handled.map(({ value }) => String(value)))]
    }
  }

  test('loses nothing while members come and go', { timeout: 240_000 }, async () => {
    const topic = await topicWith(50, 40)
    const groupId = newName('storm')
    const slowly = async ({ records, signal }: SourceBatch) => {
      const some = Math.min(records.length, 20)
      await new Promise((resolve) => setTimeout(resolve, 50))
      return { records: signal.aborted ? 0 : some, pauseMs: 0 }
    }
    const readers: Reader[] = []
    const handled = () => new Set(readers.flatMap(({ values }) => values)).size
    for (let round = 0; round < 6; round++) {
      const reader = new Reader({ groupId, sessionTimeoutMs: 10_000 }, slowly)
      readers.push(reader)
      await reader.start(topic)
      const before = handled()
      await expect.poll(handled, { timeout: 60_000 }).toBeGreaterThan(Math.min(before, 1_999))
      if (round % 2 === 1) await readers[round - 1]?.source.close()
    }
    await expect.poll(handled, { timeout: 120_000 }).toBe(2_000)
  })
})
