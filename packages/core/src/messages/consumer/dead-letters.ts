import type { IncomingRecord, OutgoingRecord } from '../../port/message.js'
import type { Publisher } from '../../port/publisher.js'

export interface DeadLetter {
  readonly record: IncomingRecord
  readonly consumer: string
  readonly reason: string
  readonly attempts: number
}

/** Topic of what a consumer of this one gave up. */
function deadLetterTopic(topic: string): string {
  return `${topic}.dead-letter`
}

/** Sends a record away with the reason. Rejects if the broker did not take it: then it is not given up. */
export async function sendDeadLetter(publisher: Publisher, letter: DeadLetter): Promise<void> {
  const [sent] = await publisher.publishBatch([letterOf(letter)])
  if (sent?.kind !== 'acked') throw new Error('the dead letter was not taken', { cause: sent?.error })
}

function letterOf({ record, consumer, reason, attempts }: DeadLetter): OutgoingRecord {
  const { topic, partition, offset, key, value } = record
  const headers: Record<string, string | Uint8Array> = {}
  for (const [name, header] of Object.entries(record.headers))
    if (header !== undefined) headers[name] = header
  return {
    topic: deadLetterTopic(topic),
    key: key === null ? '' : new TextDecoder().decode(key),
    value,
    headers: {
      ...headers,
      'holdfast-reason': reason,
      'holdfast-attempts': String(attempts),
      'holdfast-consumer': consumer,
      'holdfast-from': `${topic}/${partition}/${offset}`,
    },
  }
}
