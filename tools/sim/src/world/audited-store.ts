import type {
  AccountKey,
  Applied,
  CampaignStore,
  Command,
  CompensationStore,
  OrderStore,
  Query,
  ReservationState,
  ReservationStore,
} from '@holdfast/core/adapter'
import { Violation } from '../../../../packages/core/test/laws/violation.js'
import { LawBroken } from '../laws/law-broken.js'
import { checkOrder } from '../laws/orders.js'
import { PartitionAuditor } from '../laws/partition-auditor.js'
import { SharedAuditor } from '../laws/shared-auditor.js'
import type { Tally } from './tally.js'
import type { Trace } from './trace.js'

/** A store that a desk may sell from with nothing beside it. */
export type ShopStore = ReservationStore & OrderStore & CampaignStore & CompensationStore

/** Every method of it that is answered later. */
export type StoreMethod = Exclude<
  keyof ShopStore,
  'capabilities' | 'spread' | 'partitionsOf' | 'snapshot' | 'close'
>

interface Options {
  readonly store: ShopStore
  readonly retentionMs: number
  readonly tally: Tally
  readonly trace: Trace
}

/** The one store of a world. It outlives every crash; one call after another is done and audited. */
export class AuditedStore {
  /** The first law that did not hold. */
  broken: LawBroken | null = null
  /** Batches and other calls that may have changed something. */
  changes = 0
  private tail: Promise<unknown> = Promise.resolve()
  private readonly auditors = new Map<string, PartitionAuditor | SharedAuditor>()

  constructor(private readonly options: Options) {}

  get store(): ShopStore {
    return this.options.store
  }

  perform(method: StoreMethod, args: readonly unknown[]): Promise<unknown> {
    const done = this.tail.then(() => this.one(method, args))
    this.tail = done.then(nothing, nothing)
    return done
  }

  auditorOf(partition: string): PartitionAuditor | SharedAuditor {
    let auditor = this.auditors.get(partition)
    if (auditor === undefined) {
      const { store, retentionMs } = this.options
      const read = (query: Query) => store.read(partition, query)
      const isAlone = store.capabilities.partitions === 'one'
      auditor = isAlone ? new PartitionAuditor(read, retentionMs) : new SharedAuditor(read)
      this.auditors.set(partition, auditor)
    }
    return auditor
  }

  /** Everything that is there, compared with the books. */
  async compareAll(): Promise<void> {
    await this.checked(async () => {
      for (const partition of await this.store.partitions()) await this.auditorOf(partition).compareAll()
    })
  }

  /** Units available to a live reservation, its own ones counted; `null` without account, `undefined` if not known. */
  availableTo(key: AccountKey, id: string | undefined, now: number): number | null | undefined {
    if (this.store.capabilities.partitions === 'many') return undefined
    for (const auditor of this.auditors.values()) {
      const account = auditor.account(key)
      if (account === undefined) continue
      const own = id === undefined ? undefined : auditor.reservation(id)
      if (own?.status !== 'held' || now >= own.expiresAt) return account.available
      const lines = own.lines.filter(({ account: { sku, pool } }) => sku === key.sku && pool === key.pool)
      return lines.reduce((sum, { quantity, owed }) => sum + quantity - owed, account.available)
    }
    return null
  }

  /** Reservations and counters that are known. */
  get size(): number {
    let size = 0
    for (const auditor of this.auditors.values()) size += auditor.size
    return size
  }

  private async one(method: StoreMethod, args: readonly unknown[]): Promise<unknown> {
    const { store, trace } = this.options
    if (method !== 'apply') {
      const reply: unknown = await Reflect.apply(
        store[method] as (...args: unknown[]) => unknown,
        store,
        args,
      )
      if (CHANGING.has(method)) {
        this.changes++
        trace.note(method, reply)
      }
      if (method === 'applyToOrders' && store.capabilities.partitions === 'one')
        await this.checkOrders((args[0] as readonly { id: string }[]).map(idOf))
      return reply
    }
    const [partition, epoch, commands] = args as [string, number | null, readonly Command[]]
    const reply = await store.apply(partition, epoch, commands)
    this.changes++
    if (reply.kind === 'applied') await this.audit(partition, commands, reply)
    return reply
  }

  private async audit(
    partition: string,
    commands: readonly Command[],
    reply: Extract<Applied, { kind: 'applied' }>,
  ): Promise<void> {
    const { trace, tally } = this.options
    commands.forEach((command, index) => {
      const outcome = reply.outcomes[index]
      trace.note(command.kind, { ...about(command), outcome })
      tally.count('outcomes', `${command.kind}: ${outcome?.kind}`)
    })
    tally.count('batches', commands.length === 1 ? 'of one command' : 'of several commands')
    await this.checked(async () => {
      const ids = await this.auditorOf(partition).applied(commands, reply)
      await this.compareOrders(ids)
    })
  }

  private checkOrders(ids: readonly string[]): Promise<void> {
    return this.checked(() => this.compareOrders(ids))
  }

  private async compareOrders(ids: readonly string[]): Promise<void> {
    const orders = await this.store.readOrders(ids)
    ids.forEach((id, index) => {
      let reservation: ReservationState = { status: 'absent' }
      for (const auditor of this.auditors.values())
        if (reservation.status === 'absent') reservation = auditor.reservation(id)
      checkOrder(id, reservation, orders[index] ?? null)
    })
  }

  private async checked(check: () => Promise<void>): Promise<void> {
    if (this.broken !== null) return
    try {
      await check()
    } catch (error) {
      if (error instanceof Violation)
        this.broken ??= new LawBroken(error.message.split(':')[0] ?? '', error.message)
      else if (error instanceof LawBroken) this.broken ??= error
      else throw error
    }
  }
}

/** What of a command is worth a line of the trace. */
function about(command: Command): object {
  switch (command.kind) {
    case 'reserve':
      return {
        id: command.id,
        units: command.claims.units.map(({ account, quantity }) => [account.sku, quantity]),
      }
    case 'confirm':
      return { id: command.id, payment: command.payment }
    case 'release':
      return { id: command.id, cause: command.cause }
    case 'supply':
      return { movement: command.movement, delta: command.delta }
    default:
      return 'id' in command ? { id: command.id } : {}
  }
}

const CHANGING: ReadonlySet<StoreMethod> = new Set([
  'applyToOrders',
  'takeQueued',
  'applyToCampaign',
  'applyToCompensation',
  'takeCompensations',
])

function idOf({ id }: { readonly id: string }): string {
  return id
}

function nothing(): void {}
