import type {
  AccountKey,
  Applied,
  BatchRunner,
  ChangedAccounts,
  Command,
  Outcome,
  PartitionState,
} from '@holdfast/core/adapter'
import { KeysBySubject } from '../batch/keys-by-subject.js'
import { WorkingSet } from '../batch/working-set.js'
import type { Changes, Wanted, Work } from '../dialects/work.js'
import { without } from '../rows/record-key.js'
import { changesOf } from './changes-of.js'
import { forgetLapsed, LAPSED_PER_SWEEP } from './retention.js'

export interface BatchRules {
  /** How long the id of an ended order is remembered, ms. */
  readonly retentionMs: number
  /** Core's rules; tests break them on purpose. */
  runner(partition: PartitionState, changed: ChangedAccounts): BatchRunner
}

type WantedDeadlines = NonNullable<Wanted['deadlines']>

/** How often it is looked which holds are due, at most, while others end them. */
const MOST_LOOKS = 10

/** A batch of commands: what it touches is loaded in a few steps, then core decides all of it at once. */
export class CommandBatch implements Work<Applied> {
  readonly rows = new WorkingSet()
  /** Others write meanwhile: what they change shows when this is written. A correction looks at more than it writes. */
  readonly needsLock: boolean
  private readonly keys = new KeysBySubject()
  private step = 0
  /** How many due holds may be asked for, and which deadlines tell them. */
  private sweep: { readonly limit: number; readonly deadlines: WantedDeadlines } | null = null
  /** The holds that come first. */
  private due: readonly string[] = []
  private looks = 1

  constructor(
    private readonly commands: readonly Command[],
    private readonly epoch: number | null,
    private readonly rules: BatchRules,
  ) {
    for (const command of commands) this.keys.addCommand(command)
    this.needsLock = commands.some(({ kind }) => kind === 'correct')
  }

  named(): Wanted {
    this.step = 1
    return this.namedByCommands()
  }

  wants(now: number): Wanted | null {
    if (this.isFenced()) return null
    this.step += 1
    switch (this.step) {
      case 1:
        return this.namedByCommands()
      case 2:
        return this.metByCommands(now) ?? this.wants(now)
      case 3:
        return this.tiedDeadlines(now) ?? this.wants(now)
      case 4:
        return this.dueHolds(now) ?? this.wants(now)
      case 5:
        return this.lookAgain(now) ?? this.touchedByChanges(now)
      default:
        return null
    }
  }

  decide(now: number): { readonly changes: Changes | null; readonly result: Applied } {
    const { rows, commands, rules } = this
    const { epoch } = rows.position
    if (epoch === null || this.isFenced()) return { changes: null, result: { kind: 'fenced', epoch } }
    const { outcomes, events } = rules.runner(rows, rows.changedAccounts).run(commands, now)
    forgetLapsed(rows, now - rules.retentionMs)
    const changes = changesOf(rows, events, {
      ledger: rows.ledger,
      rows: ridingRows(commands, outcomes),
    })
    return { changes, result: { kind: 'applied', now, epoch, outcomes } }
  }

  private isFenced(): boolean {
    const { epoch } = this.rows.position
    return epoch === null || (this.epoch !== null && this.epoch !== epoch)
  }

  private namedByCommands(): Wanted {
    const { keys } = this
    return {
      accounts: keys.accounts(),
      orders: keys.reservations,
      subjects: keys.subjects,
      movements: keys.movements,
    }
  }

  /** Orders that the commands do not name: holders of due guards, those owed units, those that lapse; which are due. */
  private metByCommands(now: number): Wanted | null {
    const { keys, rows, rules } = this
    const holders: string[] = []
    for (const { id, expiresAt } of rows.subjects.guards.states()) {
      if (expiresAt <= now && !rows.orders.has(id)) holders.push(id)
    }
    // Commands before a sweep or fill may use up as many of those it would find: none of them is of a fresh id.
    const touched = rows.orders.size + holders.length
    const isSweeping = keys.sweepLimit > 0
    if (!isSweeping && holders.length === 0 && keys.fills.length === 0) return null
    const owed = mergedByAccount(keys.fills, touched)
    if (!isSweeping) return { orders: holders, owed }
    const limit = keys.sweepLimit + touched
    // One more than may be those of orders that are loaded: the first of whoever is left is among them.
    const ahead = owed.reduce((sum, account) => sum + account.limit, touched) + 1
    const deadlines = { passed: limit + ahead, ahead }
    this.sweep = { limit, deadlines }
    const lapsed = { endedBefore: now - rules.retentionMs, limit: LAPSED_PER_SWEEP }
    return { orders: holders, owed, deadlines, lapsed }
  }

  private tiedDeadlines(now: number): Wanted | null {
    const { sweep, rows } = this
    const deadlinesAt = sweep && rows.orders.deadlines.tie(now, sweep.limit, sweep.deadlines.passed)
    return deadlinesAt && { deadlinesAt }
  }

  private dueHolds(now: number): Wanted | null {
    const { sweep, rows } = this
    if (sweep === null) return null
    this.due = rows.orders.deadlines.due(now, sweep.limit)
    return { orders: this.due.filter((id) => !rows.orders.has(id)) }
  }

  /** Others may have ended or extended holds between the two reads: which come first is then another question. */
  private lookAgain(now: number): Wanted | null {
    const { sweep, rows } = this
    if (sweep === null || this.looks === MOST_LOOKS || rows.orders.areDue(this.due, now)) return null
    this.looks += 1
    this.step = 2
    rows.orders.deadlines.clear()
    return { deadlines: sweep.deadlines }
  }

  /** What changes of the orders loaded would change beside them. */
  private touchedByChanges(now: number): Wanted | null {
    const { keys, rows } = this
    if (rows.orders.size === 0) return null
    const asked = new Set<string>()
    for (const command of this.commands) {
      if ('id' in command && command.kind !== 'reserve') asked.add(command.id)
    }
    const touched = new KeysBySubject()
    for (const { id, reservation } of rows.orders.all()) {
      if (reservation === undefined) continue
      const isLive = 'expiresAt' in reservation && now < reservation.expiresAt
      // A live hold that was only asked for again stays as it is.
      if (isLive && !asked.has(id) && keys.fills.length === 0) continue
      touched.addReservation(reservation)
    }
    return {
      accounts: touched.accounts().filter((key) => rows.account(key) === undefined),
      subjects: without(touched.subjects, keys.subjects),
    }
  }
}

function mergedByAccount(
  fills: KeysBySubject['fills'],
  more: number,
): readonly { readonly account: AccountKey; readonly limit: number }[] {
  const limits = new Map<string, { readonly account: AccountKey; limit: number }>()
  for (const { account, limit } of fills) {
    const key = JSON.stringify([account.sku, account.pool])
    const known = limits.get(key)
    if (known === undefined) limits.set(key, { account, limit: limit + more })
    else known.limit += limit
  }
  return [...limits.values()]
}

/** Rows of the shop's own whose order was granted by this very batch. */
function ridingRows(commands: readonly Command[], outcomes: readonly Outcome[]): Changes['rows'] {
  const riding: Changes['rows'][number][] = []
  commands.forEach((command, index) => {
    if (command.kind !== 'reserve' || command.rows === null) return
    if (outcomes[index]?.kind === 'granted') riding.push({ command: index, rows: command.rows })
  })
  return riding
}
