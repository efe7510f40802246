import type { Consumer } from 'kafkajs'
import { LawBroken, mustEqual } from '../law-broken.js'
import { numberOf } from './backlog.js'
import { type KafkaServer, PARTITIONS } from './kafka-server.js'

/** A consumer that says when each message has come. */
export class Arrivals {
  private readonly awaited = new Map<number, () => void>()
  private readonly lastOfKey = new Map<string, number>()
  private arrived = 0
  private broken: LawBroken | null = null

  private constructor(private readonly consumer: Consumer) {}

  /** Reads a topic that is empty yet. */
  static async of(server: KafkaServer, topic: string): Promise<Arrivals> {
    const consumer = server.kafkajs().consumer({ groupId: topic, maxWaitTimeInMs: 250, minBytes: 1 })
    const arrivals = new Arrivals(consumer)
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    const joined = new Promise((resolve) => consumer.on('consumer.group_join', resolve))
    await consumer.run({
      partitionsConsumedConcurrently: PARTITIONS,
      eachMessage: async ({ message: { key, value } }) => arrivals.came(String(key), String(value)),
    })
    await joined
    return arrivals
  }

  /** Resolves when the n-th has come; to be asked for before it is sent. */
  of(n: number): Promise<void> {
    return new Promise((resolve) => this.awaited.set(n, resolve))
  }

  /** Each came, and where more is promised: once, and those of a key in order. */
  check(due: number, isInOrder: boolean): void {
    if (isInOrder && this.broken !== null) throw this.broken
    mustEqual('messages at the consumer', this.arrived, due)
  }

  close(): Promise<void> {
    return this.consumer.disconnect()
  }

  private came(key: string, value: string): void {
    const n = numberOf(value)
    const before = this.lastOfKey.get(key) ?? -1
    if (n <= before) this.broken ??= new LawBroken(`${key}: message ${n} came behind ${before}`)
    this.lastOfKey.set(key, n)
    const told = this.awaited.get(n)
    if (told === undefined) return
    this.awaited.delete(n)
    this.arrived++
    told()
  }
}
