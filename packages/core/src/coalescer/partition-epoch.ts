/** Names the epoch that a partition's contents should be of; `null` when it knows none. */
export type EpochSource = (partition: string) => Promise<number | null>

/**
 * The epoch expected of one partition. With a source, the source's word, asked before the first batch and when the
 * store fences. Without one, the store's own: the first reply's, until the store fences; then the commands at hand get
 * the error, so that someone learns that the contents changed, and the next reply is believed again.
 */
export class PartitionEpoch {
  constructor(
    private readonly partition: string,
    readonly source: EpochSource | undefined,
    public expected: number | null,
  ) {}

  learn(epoch: number): void {
    if (this.expected === null) this.expected = epoch
  }

  forget(): void {
    this.expected = null
  }

  async ask(source: EpochSource): Promise<void> {
    this.expected = await source(this.partition)
  }
}
