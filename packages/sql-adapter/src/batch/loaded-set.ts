import type {
  AccountKey,
  CampaignState,
  CarriedPosition,
  CompensationState,
  StockAccountState,
} from '@holdfast/core/adapter'
import type { LoadedRows, PartitionRow } from '../dialects/work.js'
import type { StoredOrderRow } from '../rows/order-row.js'
import { TouchedAccounts } from './touched-accounts.js'
import { TouchedMovements } from './touched-movements.js'
import { TouchedOrders } from './touched-orders.js'
import { TouchedOwed } from './touched-owed.js'
import { TouchedSubjects } from './touched-subjects.js'

/** What a transaction has loaded, by key. */
export class LoadedSet implements LoadedRows {
  position: PartitionRow = { epoch: null, sequence: 0, events: 0 }
  readonly accounts = new TouchedAccounts()
  readonly orders = new TouchedOrders()
  readonly subjects = new TouchedSubjects()
  readonly owedUnits = new TouchedOwed()
  readonly movements = new TouchedMovements()
  readonly lapsing: string[] = []
  readonly queued: string[] = []
  readonly carried = new Map<string, CarriedPosition>()
  readonly campaigns = new Map<string, CampaignState>()
  readonly compensations = new Map<string, CompensationState>()
  readonly dueCompensations: string[] = []

  loadPartition(row: PartitionRow): void {
    this.position = row
  }

  loadAccount(number: number, state: StockAccountState): void {
    this.accounts.load(number, state)
  }

  loadOrder(row: StoredOrderRow): void {
    this.orders.load(row)
  }

  loadSubject(subject: string, records: string): void {
    this.subjects.load(subject, records)
  }

  loadMovement(account: AccountKey, movement: string, data: string): void {
    this.movements.load(account, movement, data)
  }

  loadDeadline(id: string, dueAt: number): void {
    this.orders.deadlines.load(id, dueAt)
  }

  loadOwed(account: AccountKey, id: string, position: number): void {
    this.owedUnits.load(account, id, position)
  }

  loadLapsed(id: string): void {
    this.lapsing.push(id)
  }

  loadQueued(id: string): void {
    this.queued.push(id)
  }

  loadCarried(partition: string, position: CarriedPosition): void {
    this.carried.set(partition, position)
  }

  loadCampaign(state: CampaignState): void {
    this.campaigns.set(state.id, state)
  }

  loadCompensation(state: CompensationState): void {
    this.compensations.set(state.order, state)
  }

  loadDueCompensation(order: string): void {
    this.dueCompensations.push(order)
  }
}
