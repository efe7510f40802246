import { HoldfastError } from '../errors.js'
import { MemoryHomes } from './homes.js'
import { Layout } from './layout.js'
import { MemoryOrders } from './orders.js'
import { MemoryPartition } from './partition.js'
import { Reservations } from './reservations.js'
import { ReservationsOfAll } from './reservations-of-all.js'

/** The partitions of a store that has several, and the orders of them all. */
export class SeveralPartitions {
  readonly layout: Layout
  readonly orders: MemoryOrders
  private readonly partitions = new Map<string, MemoryPartition>()

  constructor(count: number, spread: readonly string[]) {
    this.layout = new Layout(Layout.names(count), spread)
    this.orders = new MemoryOrders(new ReservationsOfAll(this.partitions))
    for (const name of this.layout.partitions) this.replace(name, 1)
  }

  /** An empty one, of this epoch. */
  replace(name: string, epoch: number): MemoryPartition {
    const { project } = this.orders
    const partition = new MemoryPartition(name, epoch, project, new Reservations(), new MemoryHomes())
    this.partitions.set(name, partition)
    return partition
  }

  get first(): MemoryPartition {
    return this.named(this.layout.partitions[0] ?? '')
  }

  named(name: string): MemoryPartition {
    const partition = this.partitions.get(name)
    if (partition !== undefined) return partition
    throw new HoldfastError('store-failed', `there is no partition ${name}`)
  }
}
