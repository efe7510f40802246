import type { OutgoingRecord } from '@holdfast/core/adapter'
import { textOrBytes } from './client-bytes.js'

/** A record as kafkajs takes it, and whatever follows kafkajs. */
export function asMessage({ key, value, headers }: OutgoingRecord, partition: number) {
  const told: Record<string, string | Buffer> = {}
  for (const name in headers) told[name] = textOrBytes(headers[name] as string | Uint8Array)
  return { key, value: value === null ? null : textOrBytes(value), partition, headers: told }
}
