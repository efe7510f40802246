import { HoldfastError } from '../errors.js'
import { unreachable } from '../machines/decider.js'
import { isDue } from '../machines/reservation/decision.js'
import * as reservation from '../machines/reservation/index.js'
import type { KnownReservation } from '../machines/reservation/types.js'
import type { StockAccountEvent, StockAccountState } from '../machines/stock-account/types.js'
import type { Command, Confirm, Correct, Fill, Reserve, Sweep } from '../port/commands.js'
import type { Movement, ReservationEvent, StockChanged, StoreEvent } from '../port/events.js'
import type { Outcome } from '../port/outcomes.js'
import { Admission } from './admission.js'
import { applyCorrection, correctionMade, tombstoneOf } from './correct.js'
import { evolveReservation } from './effects.js'
import { Home, wantsUnits } from './home.js'
import { isPieceId, isWhole } from './piece-names.js'
import { type Cause, movementOf, type PartitionState } from './state.js'
import { configure, judge, supply, transfer } from './supply.js'

export interface BatchResult {
  /** One per command, in order. */
  readonly outcomes: readonly Outcome[]
  /** In the order in which they happened; one `changed` per account at the end. */
  readonly events: readonly StoreEvent[]
}

/** Accounts that a batch changed, with the movements that changed their supply. */
export class ChangedAccounts {
  private movements = new Map<StockAccountState, Movement[]>()

  note(account: StockAccountState, change: StockAccountEvent, why: Cause): void {
    let movements = this.movements.get(account)
    if (movements === undefined) {
      movements = []
      this.movements.set(account, movements)
    }
    const movement = movementOf(why)
    if (movement === null) return
    const cause = why.type === 'movement' ? why.cause : why.type
    movements.push({ movement, cause, delta: supplyDelta(change) })
  }

  /** One event per account, absolute values, one version more each. */
  drain(now: number): readonly StockChanged[] {
    const events: StockChanged[] = []
    for (const [account, movements] of this.movements) events.push(stockChanged(account, movements, now))
    this.forget()
    return events
  }

  /** They are told of otherwise. */
  forget(): void {
    // Not cleared: V8 links what a map held before to what it holds next, and so makes all of it old.
    this.movements = new Map()
  }
}

function supplyDelta(change: StockAccountEvent): number {
  if (change.type === 'supplied') return change.delta
  if (change.type === 'corrected') return change.counters.supplied
  return change.type === 'returned' && !change.restock ? -change.quantity : 0
}

function stockChanged(account: StockAccountState, movements: readonly Movement[], at: number): StockChanged {
  account.version += 1
  const { key, version, available, reserved, sold, backordered, supplied } = account
  return {
    aggregate: 'stock-account',
    account: key,
    version,
    at,
    type: 'changed',
    available,
    reserved,
    sold,
    backordered,
    supplied,
    movements,
  }
}

/**
 * Applies a batch to a partition, command by command at one instant: the meaning of every store.
 * The state is changed in place; `changed` must be told of every account by the state's `accountChanged`.
 */
export class BatchRunner {
  private readonly admission: Admission
  private homeOrNone: Home | null = null
  private events: StoreEvent[] = []
  private now = 0

  constructor(
    private readonly partition: PartitionState,
    private readonly changed: ChangedAccounts,
  ) {
    this.admission = new Admission(partition)
  }

  run(commands: readonly Command[], now: number): BatchResult {
    this.events = []
    this.now = now
    this.admission.now = now
    const outcomes = commands.map((command) => this.apply(command))
    const events = this.events
    for (const event of this.changed.drain(now)) events.push(event)
    return { outcomes, events }
  }

  private apply(command: Command): Outcome {
    switch (command.kind) {
      case 'reserve':
        return this.decideReservation(command, this.beforeReserve(command))
      case 'extend':
      case 'shrink':
      case 'release':
      case 'return':
        return this.decideReservation(command, this.current(command.id))
      case 'confirm':
        return this.confirm(command)
      case 'pieced':
        return this.home().apply(command, this.now)
      case 'supply':
        return supply(this.partition, command, this.now)
      case 'transfer':
        return transfer(this.partition, command, this.now)
      case 'configure':
        return configure(this.partition, command, this.now, (event, account) => {
          this.events.push({ ...event, version: account.version + 1 })
        })
      case 'judge':
        return judge(this.partition, command)
      case 'sweep':
        return this.sweep(command)
      case 'fill':
        return this.fill(command)
      case 'correct':
        return this.correct(command)
      default:
        return unreachable(command)
    }
  }

  /** An order in pieces whose units are to be taken first lies elsewhere for whoever does not know its home. */
  private confirm(command: Confirm): Outcome {
    const { id } = command
    const state = this.current(id)
    const isElsewhere =
      this.partition.homes !== undefined &&
      state !== undefined &&
      isWhole(id, state.home) &&
      wantsUnits(state)
    return isElsewhere ? { kind: 'unknown-id' } : this.decideReservation(command, state)
  }

  /** Made when it is needed: most stores have one partition, and no order in pieces. */
  private home(): Home {
    const { homes } = this.partition
    if (homes === undefined) throw new HoldfastError('store-failed', 'this store keeps no orders in pieces')
    this.homeOrNone ??= new Home(this.partition, homes, {
      current: (id) => this.current(id),
      keep: (before, events) => this.keep(before, events),
    })
    return this.homeOrNone
  }

  private decideReservation(
    command: Parameters<typeof reservation.decide>[0],
    state: KnownReservation | undefined,
  ): Outcome {
    const { events, outcome } = reservation.decide(command, state ?? reservation.ABSENT, this.admission)
    this.keep(state, events)
    return outcome
  }

  /** The state after the events. */
  private keep(
    before: KnownReservation | undefined,
    events: readonly ReservationEvent[],
  ): KnownReservation | undefined {
    let state = before
    for (const event of events) {
      state = evolveReservation(this.partition, state, event)
      this.events.push(event)
    }
    return state
  }

  /** The deadline decides, not the sweeper: a due hold that a command meets is expired before anything is decided. */
  private current(id: string): KnownReservation | undefined {
    const state = this.partition.reservation(id)
    if (state === undefined || !isDue(state, this.now)) return state
    // Due or not, a piece is what its home says.
    if (isPieceId(id)) return state
    const after = this.keep(state, reservation.decideInternal({ kind: 'expire' }, id, state, this.now))
    if (this.partition.homes !== undefined && isWhole(id, state.home))
      this.home().expired(id, state.home, this.now)
    return after
  }

  private beforeReserve(command: Reserve): KnownReservation | undefined {
    const state = this.current(command.id)
    if (state !== undefined || this.now > command.notAfter || command.refuse !== null) return state
    for (const guard of command.guards) {
      this.expireHolder(guard.name, guard.subject)
      for (const name of guard.prior) this.expireHolder(name)
    }
    return state
  }

  private expireHolder(name: string, subject?: string): void {
    const guard = this.partition.guard(name, subject)
    if (guard !== undefined && this.now >= guard.expiresAt) this.current(guard.id)
  }

  private sweep(command: Sweep): Outcome {
    const due = this.partition.due(this.now, command.limit)
    const expired = due.filter((id) => this.current(id)?.status === 'expired')
    const unsettled = this.partition.homes && this.home().handOut(due, expired, command.limit, this.now)
    const nextDueAt = this.partition.nextDueAt()
    const more = nextDueAt !== null && nextDueAt <= this.now
    return { kind: 'swept', expired, more, nextDueAt, ...(unsettled && { unsettled }) }
  }

  private fill(command: Fill): Outcome {
    const { partition, now } = this
    const account = partition.account(command.account)
    if (account === undefined) return { kind: 'account-unknown', accounts: [command.account] }
    const lines: { id: string; quantity: number }[] = []
    for (const id of partition.owed(command.account, command.limit)) {
      if (account.available === 0) break
      const state = this.current(id)
      const owed = state === undefined ? 0 : owedTo(state, command)
      const quantity = Math.min(owed, account.available)
      if (state === undefined || quantity === 0) continue
      const filled = { kind: 'fill', account: command.account, quantity } as const
      this.keep(state, reservation.decideInternal(filled, id, state, now))
      if (isPieceId(id)) this.home().noteFilled(id, state.home, now)
      lines.push({ id, quantity })
    }
    return { kind: 'filled', lines, more: account.available > 0 && account.backordered > 0 }
  }

  private correct(command: Correct): Outcome {
    const made = correctionMade(command, this.partition.reservation(command.id))
    if (made !== null) return made
    if (this.now > command.notAfter) return { kind: 'late' }
    const outcome = applyCorrection(this.partition, command, this.now, (id) => this.current(id))
    if (outcome.kind === 'corrected') this.keep(undefined, [tombstoneOf(command, this.now)])
    return outcome
  }
}

function owedTo(state: Exclude<ReturnType<PartitionState['reservation']>, undefined>, command: Fill): number {
  if (state.status !== 'held' && state.status !== 'confirmed') return 0
  const { sku, pool } = command.account
  return state.lines.find((line) => line.account.sku === sku && line.account.pool === pool)?.owed ?? 0
}
