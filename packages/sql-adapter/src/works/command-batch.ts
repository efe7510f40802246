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

/** A batch of commands: what it touches is loaded in at most three steps, then core decides all of it at once. */
export class CommandBatch implements Work<Applied> {
  readonly rows = new WorkingSet()
  /** Others write meanwhile: what they change shows when this is written. A correction looks at more than it writes. */
  readonly needsLock: boolean
  private readonly keys = new KeysBySubject()
  private step = 0

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
        return this.touchedByChanges(now)
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

  /** Orders that the commands do not name: holders of due guards, due holds, those owed units, those that lapse. */
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
    const endedBefore = now - rules.retentionMs
    return {
      orders: holders,
      owed: mergedByAccount(keys.fills, touched),
      ...(isSweeping && {
        due: { limit: keys.sweepLimit + touched },
        lapsed: { endedBefore, limit: LAPSED_PER_SWEEP },
      }),
    }
  }

  /** What changes of the orders loaded would change beside them. */
  private touchedByChanges(now: number): Wanted | null {
    const { keys, rows } = this
    if (rows.orders.size === 0 && keys.sweepLimit === 0) return null
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
      ...(keys.sweepLimit > 0 && { deadlines: { limit: rows.orders.size + 1 } }),
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
