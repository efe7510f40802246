import type { StoreClock, TableRow } from '@holdfast/core/adapter'
import type { ForwardTime } from '../forward-time.js'
import type { TableNames } from '../table-names.js'
import type { Changes, Wanted, Work } from '../work.js'
import { AsRead } from './as-read.js'
import { bytes, integer, type Row } from './column.js'
import type { Engine, Server } from './engine.js'
import { Outdated, rowRejected } from './errors.js'
import { type Load, loadPosition, loadsOf } from './loading.js'
import { needsLock, planOf } from './plan-of.js'
import type { Question } from './question.js'
import type { WritePlan, WriteStep } from './write-plan.js'

const ROWS = 'holdfast_rows'
const EPOCH = 'the epoch is another'

/** What the attempts of one store share. */
export interface Setting {
  readonly server: Server
  readonly names: TableNames
  readonly virtual: StoreClock | undefined
  readonly time: ForwardTime
}

export interface Decided<Result> {
  readonly changes: Changes | null
  readonly result: Result
}

type Asking = (questions: readonly Question[]) => Promise<readonly (readonly Row[])[]>

/** One attempt at a work on one connection: it reads, decides and writes, within whatever transaction its caller holds. */
export class Attempt<Result> {
  private readonly read: AsRead
  private now = 0

  constructor(
    private readonly engine: Engine,
    private readonly setting: Setting,
    private readonly work: Work<Result>,
  ) {
    this.read = new AsRead(work.rows)
  }

  /**
   * Reads what is committed. Position and time come with the first answer, and all that is asked for together is of one
   * moment: a refusal writes nothing by which a mixture would be told.
   */
  decide(): Promise<Decided<Result>> {
    return this.decideUnlocked((questions) => this.engine.askAtOnce(questions))
  }

  /** Reads what the transaction sees that the caller is in. */
  decideWithin(): Promise<Decided<Result>> {
    return this.decideUnlocked((questions) => this.engine.ask(questions, false))
  }

  /** Reads what is there while nobody else writes. */
  async decideLocked(): Promise<Decided<Result>> {
    const { engine, setting } = this
    const ask: Asking = (questions) => engine.ask(questions, true)
    await engine.lockPartition(setting.names)
    await this.load([this.position()], ask)
    return this.decideOn(ask)
  }

  /** @throws Outdated where it must not be written without a lock, or what was read has changed */
  async writeUnlocked(changes: Changes, token: string): Promise<void> {
    this.throwIfItNeedsLock(changes)
    if (changes.rows.length > 0) await this.insertRiding(changes.rows)
    await this.write(changes, token)
  }

  /**
   * The same as a transaction of its own, for changes without rows of the shop's own.
   *
   * @throws Outdated
   */
  async writeAlone(changes: Changes, token: string): Promise<void> {
    this.throwIfItNeedsLock(changes)
    const plan = this.planOf(changes, token)
    if ((await this.engine.writeAlone(plan, this.setting.names)) === null) throw new Outdated(EPOCH)
  }

  async writeLocked(changes: Changes, token: string | null): Promise<void> {
    const { engine } = this
    await this.insertAccounts(changes)
    await this.insertRiding(changes.rows)
    for (const step of this.owedSteps(changes)) await engine.writeStep(step)
    await this.write(changes, token)
  }

  private async write(changes: Changes, token: string | null): Promise<void> {
    const plan = this.planOf(changes, token)
    if ((await this.engine.write(plan, this.setting.names)) === null) throw new Outdated(EPOCH)
  }

  private planOf(changes: Changes, token: string | null): WritePlan {
    return planOf(changes, this.read, this.setting.names, this.now, token)
  }

  private throwIfItNeedsLock(changes: Changes): void {
    if (needsLock(changes, this.read)) throw new Outdated('it needs the lock')
  }

  private async decideUnlocked(ask: Asking): Promise<Decided<Result>> {
    await this.load([this.position(), ...this.loads(this.work.named())], ask)
    return this.decideOn(ask)
  }

  private async decideOn(ask: Asking): Promise<Decided<Result>> {
    const { work, now } = this
    for (let wanted = work.wants(now); wanted !== null; wanted = work.wants(now)) {
      await this.load(this.loads(wanted), ask)
    }
    return work.decide(now)
  }

  private position(): Load {
    const { server, names, virtual, time } = this.setting
    return loadPosition(names, server.now, (row, now) => {
      this.now = virtual?.now() ?? time.read(now)
      this.read.loadPartition(row)
    })
  }

  private loads(wanted: Wanted | null): readonly Load[] {
    return wanted === null ? [] : loadsOf(wanted, this.now, this.setting.names, this.read)
  }

  private async load(loads: readonly Load[], ask: Asking): Promise<void> {
    if (loads.length === 0) return
    const answers = await ask(loads.map(({ question }) => question))
    loads.forEach(({ take }, index) => {
      take(answers[index] ?? [])
    })
  }

  /** Accounts that are new, with nothing in them: what follows names them by their numbers. */
  private async insertAccounts({ accounts }: Changes): Promise<void> {
    const { engine, read, setting } = this
    const fresh = accounts.filter(({ state }) => read.account(state.key) === undefined)
    if (fresh.length === 0) return
    const keys = fresh.map(({ state: { key } }) => [key.sku, key.pool])
    const key = [bytes('sku'), bytes('pool')]
    const table = setting.names.accounts
    await engine.writeStep({ kind: 'insert', table, columns: key, rows: keys })
    const columns = [integer('number'), ...key]
    const [rows = []] = await engine.ask([{ columns, table, key, keys }], false)
    for (const [number, sku, pool] of rows) {
      const changed = fresh.find(({ state }) => state.key.sku === sku && state.key.pool === pool)
      if (changed !== undefined) read.accountInserted(Number(number), changed.state)
    }
  }

  /** Rows of the shop's own, in one go; if that fails, one order's after another's, to tell which is to blame. */
  private async insertRiding(riding: Changes['rows']): Promise<void> {
    if (riding.length === 0) return
    const { engine } = this
    await engine.query(`savepoint ${ROWS}`, [])
    try {
      await engine.insertRows(riding.flatMap(({ rows }) => rows))
      await engine.query(`release savepoint ${ROWS}`, [])
    } catch (error) {
      this.throwUnlessRefused(error)
      await engine.query(`rollback to savepoint ${ROWS}`, [])
      for (const { command, rows } of riding) await this.insertRowsOf(command, rows)
      await engine.query(`release savepoint ${ROWS}`, [])
    }
  }

  private async insertRowsOf(command: number, rows: readonly TableRow[]): Promise<void> {
    try {
      await this.engine.insertRows(rows)
    } catch (error) {
      this.throwUnlessRefused(error)
      throw rowRejected(error, command)
    }
  }

  private throwUnlessRefused(error: unknown): void {
    const trouble = this.setting.server.troubleOf(error)
    if (trouble === 'lost' || trouble === 'passing') throw error
  }

  /** Whoever comes to be owed again goes to the end: out, and in again. */
  private owedSteps({ owed }: Changes): readonly WriteStep[] {
    if (owed.length === 0) return []
    const { read, setting } = this
    const table = setting.names.owed
    const key = [integer('account'), bytes('id')]
    const rows = owed.map(
      ({ account, id, position }) => [read.account(account)?.number ?? 0, id, position] as const,
    )
    return [
      { kind: 'clear', table, key, rows: rows.map(([account, id]) => [account, id]) },
      {
        kind: 'insert',
        table,
        columns: [...key, integer('position')],
        rows: rows.filter(([, , position]) => position !== null),
      },
    ]
  }
}
