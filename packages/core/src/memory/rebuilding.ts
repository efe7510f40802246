import { HoldfastError } from '../errors.js'
import type { Contents, Rebuilding } from '../port/rebuilding.js'
import { loadInto } from './contents.js'
import type { MemoryPartition } from './partition.js'

/** Partitions in this process's memory, given their contents anew. */
export class MemoryRebuilding implements Rebuilding {
  /** Those that are not opened yet. */
  private readonly underWay = new Set<string>()

  constructor(
    private readonly named: (partition: string) => MemoryPartition,
    private readonly replace: (partition: string, epoch: number) => MemoryPartition,
  ) {}

  isUnderWay(partition: string): boolean {
    return this.underWay.has(partition)
  }

  async begin(partition: string, epoch: number): Promise<void> {
    const known = this.named(partition).epoch
    if (epoch < known || (epoch === known && !this.isUnderWay(partition))) throw fenced(partition, epoch)
    this.underWay.add(partition)
    this.replace(partition, epoch)
  }

  async load(partition: string, epoch: number, part: Contents): Promise<void> {
    if (!this.isUnderWay(partition)) throw fenced(partition, epoch)
    loadInto(this.begun(partition, epoch), part)
  }

  async open(partition: string, epoch: number): Promise<void> {
    // They are forgotten in this order.
    this.begun(partition, epoch).ended.sort((one, other) => one.endedAt - other.endedAt)
    this.underWay.delete(partition)
  }

  private begun(partition: string, epoch: number): MemoryPartition {
    const begun = this.named(partition)
    if (begun.epoch === epoch) return begun
    throw fenced(partition, epoch)
  }
}

function fenced(partition: string, epoch: number): HoldfastError {
  return new HoldfastError('fenced', `partition ${partition}: a rebuild under epoch ${epoch} is over`)
}
