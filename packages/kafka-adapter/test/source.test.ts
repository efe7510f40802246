import type { Handled, IncomingRecord, MessageSource, SourceBatch } from '@holdfast/core/adapter'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fromKafkajs, type KafkaSourceOptions } from '../src/index.js'
import { brokers, kafkajsAt, newName } from './kafka.js'

const PARTITIONS = 4

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

  const inOrderPerKey = (records: readonly IncomingRecord[]) => {
    const last = new Map<string, number>()
    for (const { key, value } of records) {
      expect(Number(value)).toBeGreaterThan(last.get(String(key)) ?? -1)
      last.set(String(key), Number(value))
    }
  }

  test('hands out everything from the beginning, in order, once', async () => {
    const topic = await topicWith(20, 50)
    const reader = new Reader({ groupId: newName('group') })
    await reader.start(topic)
    await expect.poll(() => reader.handled.length, { timeout: 30_000 }).toBe(1_000)
    inOrderPerKey(reader.handled)
    expect(reader.handled[0]?.headers.ce_id?.toString()).toBe(reader.handled[0]?.value?.toString())
    expect(reader.errors).toEqual([])
  })

  test('goes on behind what was handled, and hands out again what was not', async () => {
    const topic = await topicWith(1, 100)
    const groupId = newName('group')
    const first = new Reader({ groupId }, async ({ records }) => ({
      records: Math.min(30, records.length),
      pauseMs: 60_000,
    }))
    await first.start(topic)
    await expect.poll(() => first.handled.length, { timeout: 30_000 }).toBe(30)
    await first.source.close()
    const second = new Reader({ groupId })
    await second.start(topic)
    await expect.poll(() => second.handled.length, { timeout: 30_000 }).toBe(70)
    expect([...first.values, ...second.values]).toEqual(
      Array.from({ length: 100 }, (_, index) => String(index)),
    )
  })

  test('lets a partition rest while the others go on', async () => {
    const topic = await topicWith(20, 10)
    const rests: number[] = []
    const reader = new Reader({ groupId: newName('group') }, async ({ partition, records }) => {
      if (partition !== 0) return { records: records.length, pauseMs: 0 }
      rests.push(records.length)
      return { records: rests.length < 3 ? 0 : records.length, pauseMs: rests.length < 3 ? 1_500 : 0 }
    })
    await reader.start(topic)
    await expect.poll(() => reader.handled.length, { timeout: 30_000 }).toBe(200)
    expect(rests.length).toBe(3)
    const first = reader.handled.findIndex(({ partition }) => partition === 0)
    expect(reader.handled.slice(first).every(({ partition }) => partition === 0)).toBe(true)
    inOrderPerKey(reader.handled)
  })

  test('hands a batch out again whose handling threw', async () => {
    const topic = await topicWith(1, 10)
    let attempts = 0
    const reader = new Reader({ groupId: newName('group') }, async ({ records }) => {
      attempts++
      if (attempts === 1) throw new Error('the database is away')
      return { records: records.length, pauseMs: 0 }
    })
    await reader.start(topic)
    await expect.poll(() => reader.handled.length, { timeout: 30_000 }).toBe(10)
    expect(reader.errors).toMatchObject([{ message: 'the database is away' }])
  })

  test('waits for what is under way before it closes, and commits it', async () => {
    const topic = await topicWith(1, 10)
    const groupId = newName('group')
    let finish = () => {}
    const begun = new Promise<AbortSignal>((resolve) => {
      const reader = new Reader({ groupId }, async ({ records, signal }) => {
        resolve(signal)
        await new Promise<void>((done) => {
          finish = done
        })
        return { records: records.length, pauseMs: 0 }
      })
      void reader.start(topic).then(async () => {
        await begun
        const closing = reader.source.close()
        finish()
        await closing
        closed(reader.handled.length)
      })
    })
    let closed: (handled: number) => void = () => {}
    const handled = new Promise<number>((resolve) => {
      closed = resolve
    })
    expect(await handled).toBe(10)
    expect((await begun).aborted).toBe(true)
    const next = new Reader({ groupId })
    await next.start(topic)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(next.handled).toEqual([])
  })

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
