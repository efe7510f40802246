import { setTimeout as pause } from 'node:timers/promises'
import type {
  Handled,
  IncomingRecord,
  MessageSource,
  SourceBatch,
  SourceEvents,
} from '@holdfast/core/adapter'
import { type KafkaSourceOptions, RETRY_AFTER } from '../source-options.js'
import type { KafkajsBatchPayload, KafkajsClient, KafkajsConsumer } from './types.js'

/** How long a broker may wait for records before it answers, ms: joins and rebalances wait for it. */
const LONGEST_WAIT = 250
/** How long kafkajs rests after it gave up, ms. */
const BEGIN_AGAIN_AFTER = 1_000

type Handle = (batch: SourceBatch) => Promise<Handled>

/** Reads as a member of a group; offsets are committed by our word alone. */
export class KafkajsSource implements MessageSource {
  readonly groupId: string
  private consumer: KafkajsConsumer | null = null
  private readonly underWay = new Set<AbortController>()
  private readonly resumes = new Set<NodeJS.Timeout>()
  private readonly closing = new AbortController()

  constructor(
    private readonly kafka: KafkajsClient,
    private readonly options: KafkaSourceOptions,
  ) {
    this.groupId = options.groupId
  }

  async start(topics: readonly string[], handle: Handle, on: SourceEvents): Promise<void> {
    const { from = 'beginning', partitionsAtOnce = 4, sessionTimeoutMs = 30_000 } = this.options
    const consumer = this.kafka.consumer({
      groupId: this.groupId,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: LONGEST_WAIT,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(3_000, sessionTimeoutMs / 3),
      rebalanceTimeout: 2 * sessionTimeoutMs,
    })
    this.consumer = consumer
    consumer.on(consumer.events.REBALANCING, () => this.loseAll())
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      this.loseAll()
      on.error(error)
      if (!restart) void this.beginAgain(topics, handle, on)
    })
    try {
      await consumer.connect()
      await consumer.subscribe({ topics: [...topics], fromBeginning: from === 'beginning' })
    } catch (error) {
      await consumer.disconnect().catch(() => {})
      throw error
    }
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitionsAtOnce,
      eachBatch: (payload) => this.handle(payload, handle, on),
    })
  }

  async close(): Promise<void> {
    this.closing.abort()
    this.loseAll()
    for (const resume of this.resumes) clearTimeout(resume)
    // It waits for the batches under way, and then leaves the group.
    await this.consumer?.stop()
    await this.consumer?.disconnect()
  }

  /** What is under way may be another's by now. */
  private loseAll(): void {
    for (const lost of this.underWay) lost.abort()
  }

  /** kafkajs gives up for good on errors that pass, such as a group that moved at the wrong moment. */
  private async beginAgain(topics: readonly string[], handle: Handle, on: SourceEvents): Promise<void> {
    while (!this.closing.signal.aborted) {
      await pause(BEGIN_AGAIN_AFTER, undefined, { signal: this.closing.signal }).catch(() => {})
      if (this.closing.signal.aborted) return
      try {
        await this.start(topics, handle, on)
        return
      } catch (error) {
        on.error(error)
      }
    }
  }

  private async handle(payload: KafkajsBatchPayload, handle: Handle, on: SourceEvents): Promise<void> {
    const { batch, isRunning, isStale } = payload
    if (!isRunning() || isStale() || this.closing.signal.aborted) return
    const lost = new AbortController()
    this.underWay.add(lost)
    const heart = beat(payload, () => lost.abort())
    try {
      const { topic, partition } = batch
      const records = batch.messages.map((message) => asRecord(topic, partition, message))
      const handled = await handle({ topic, partition, records, signal: lost.signal }).catch(
        (error: unknown) => {
          on.error(error)
          return { records: 0, pauseMs: RETRY_AFTER }
        },
      )
      if (handled.records > 0) await commit(payload, handled.records)
      if (handled.pauseMs > 0) this.rest(payload, handled.pauseMs)
    } finally {
      this.underWay.delete(lost)
      heart.stop()
    }
    // What the broker said meanwhile is kafkajs' to act on.
    heart.rethrow()
  }

  private rest({ pause }: KafkajsBatchPayload, forMs: number): void {
    const resume = pause()
    const timer = setTimeout(() => {
      this.resumes.delete(timer)
      resume()
    }, forMs)
    this.resumes.add(timer)
  }
}

/** Tells the group that we live while a batch is handled. */
function beat({ heartbeat }: KafkajsBatchPayload, onLost: () => void) {
  let trouble: unknown = null
  const timer = setInterval(() => {
    heartbeat().catch((error: unknown) => {
      trouble ??= error
      onLost()
    })
  }, 500)
  return {
    stop: () => clearInterval(timer),
    rethrow: () => {
      if (trouble !== null) throw trouble
    },
  }
}

/** Records that were handled are not read again, by us or by whoever has the partition next. */
async function commit(payload: KafkajsBatchPayload, handled: number): Promise<void> {
  const { topic, partition, messages } = payload.batch
  const last = messages[handled - 1]
  if (last === undefined) throw new RangeError(`${handled} of ${messages.length} records handled`)
  payload.resolveOffset(last.offset)
  const next = String(BigInt(last.offset) + 1n)
  await payload.commitOffsetsIfNecessary({
    topics: [{ topic, partitions: [{ partition, offset: next }] }],
  })
}

function asRecord(
  topic: string,
  partition: number,
  { offset, key, value, headers = {}, timestamp }: KafkajsBatchPayload['batch']['messages'][number],
): IncomingRecord {
  return {
    topic,
    partition,
    offset,
    key,
    value,
    headers: headers as IncomingRecord['headers'],
    at: Number(timestamp),
  }
}
