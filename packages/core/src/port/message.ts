/** What is told of, as a shop writes it and as it waits to be sent. */
export interface Message {
  /** The sender's own, unique within its source: inboxes drop what they have seen by it. */
  readonly id: string
  /** The kind of thing that it tells of, `order`; the topic follows from it. */
  readonly aggregate: string
  /** Which one: messages of one aggregate and key stay in order. */
  readonly key: string
  /** What happened, with its aggregate in front: `order.paid`. */
  readonly type: string
  /** JSON as text, or bytes that a publisher sends as they are. */
  readonly payload: string | Uint8Array
  /** Sender's clock, ms since the epoch. */
  readonly at: number
  /** What goes along beside CloudEvents' own attributes: `traceparent`, and a shop's own. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** What names a message wherever it goes. */
export interface MessageName {
  /** CloudEvents' `source`: whose ids these are. */
  readonly source: string
  readonly id: string
}

/** A message as a broker takes it. */
export interface OutgoingRecord {
  readonly topic: string
  readonly key: string
  /** `null`: a record without a value. */
  readonly value: string | Uint8Array | null
  readonly headers: Readonly<Record<string, string | Uint8Array>>
}

/** A record as a broker hands it out. */
export interface IncomingRecord {
  readonly topic: string
  /** Which of the topic's partitions. */
  readonly partition: number
  /** Where it stands in its partition: decimal digits, since brokers count beyond 2^53. */
  readonly offset: string
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: Readonly<Record<string, string | Uint8Array | undefined>>
  /** Broker's or producer's clock, ms since the epoch. */
  readonly at: number
}
