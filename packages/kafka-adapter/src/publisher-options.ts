/** How a publisher sends. */
export interface KafkaPublisherOptions {
  /**
   * That an acknowledged record outlives any one broker: so where topics have `min.insync.replicas` of 2 or more. It is
   * the cluster's affair, and told to whoever asks for the publisher's capabilities. `false` if absent.
   */
  readonly durable?: boolean
  /** Most records of one request; 2,000 if absent. */
  readonly maxRecords?: number
  /** Most bytes of one request, about; 900,000 if absent, below a broker's own 1,048,588. */
  readonly maxBytes?: number
}
