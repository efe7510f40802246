import type { OutgoingRecord, Publisher, Sent } from '@holdfast/core/adapter'

/**
 * Hands messages to whoever listens at an address, by POST, one after another: a broker that is plain HTTP. 2xx is
 * taken, 4xx never will be.
 */
export function httpPublisher(address: string): Publisher {
  return {
    capabilities: { durable: false, maxRecords: 20, maxBytes: 1_000_000, batches: 'by-record' },
    connect: async () => {},
    trackOf: (topic) => topic,
    async publishBatch(records) {
      const sent: Sent[] = []
      for (const record of records) {
        const failed = sent.find(({ kind }) => kind !== 'acked')
        sent.push(
          failed === undefined
            ? await post(address, record)
            : { kind: 'retriable', error: 'one before it was not taken' },
        )
      }
      return sent
    },
    close: async () => {},
  }
}

async function post(address: string, { topic, key, value, headers }: OutgoingRecord): Promise<Sent> {
  try {
    const response = await fetch(`${address}/${encodeURIComponent(topic)}`, {
      method: 'POST',
      // A record that says nothing of it is JSON; over HTTP that is to be said.
      headers: {
        'content-type': 'application/json',
        ...(headers as Record<string, string>),
        'message-key': encodeURIComponent(key),
      },
      body: value as string | Uint8Array<ArrayBuffer> | null,
      signal: AbortSignal.timeout(5_000),
    })
    if (response.ok) return { kind: 'acked' }
    const error = new Error(`${address} answered ${response.status}`)
    return response.status < 500 ? { kind: 'fatal', error } : { kind: 'retriable', error }
  } catch (error) {
    return { kind: 'unknown', error }
  }
}
