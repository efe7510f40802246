import type { OutgoingRecord } from '@holdfast/core/adapter'

/** A record that a client says the broker has. */
export interface Acknowledgement {
  readonly topic: string
  readonly partition: number
  /** Where the first record of the send went; `null`: the client does not tell. */
  readonly baseOffset: bigint | null
}

/** What an error says of a send of one partition. */
export type Verdict = 'retriable' | 'fatal' | 'unknown'

/** What a publisher asks of a client library: nothing but one request to one partition, and what was said to it. */
export interface ProducerClient {
  connect(): Promise<void>
  /** The partitions of every topic there is. */
  topics(): Promise<ReadonlyMap<string, number>>
  /** Waits until all replicas in sync have them. Answers with whatever the client reports as acknowledged. */
  send(
    topic: string,
    partition: number,
    records: readonly OutgoingRecord[],
  ): Promise<readonly Acknowledgement[]>
  /** What becomes of a send that rejected with this. */
  verdictOf(error: unknown): Verdict
  close(): Promise<void>
}
