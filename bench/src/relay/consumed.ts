import { readTopic } from '../../../tools/services/kafka-contents.js'
import { LawBroken, mustEqual } from '../law-broken.js'
import { numberOf } from './backlog.js'
import type { KafkaServer } from './kafka-server.js'

/** Reads a topic to its present end: each message is there once, and those of a key are in order. */
export async function checkConsumed(server: KafkaServer, topic: string, due: number): Promise<void> {
  const last = new Map<string, number>()
  let count = 0
  await readTopic(server.brokers, topic, ({ key, value }) => {
    const [name, n] = [String(key), numberOf(String(value))]
    const before = last.get(name) ?? -1
    if (n <= before) throw new LawBroken(`${name}: message ${n} came behind ${before}`)
    last.set(name, n)
    count++
  })
  mustEqual('messages at the consumer', count, due)
}
