import { unreachable } from '../machines/decider.js'
import type { KnownReservation } from '../machines/reservation/types.js'
import type { AccountKey } from '../port/claims.js'
import type { Command } from '../port/commands.js'
import type { Correction } from '../port/corrections.js'

/** What a reservation claims, or its grant does. */
type Claiming = Pick<Extract<KnownReservation, { status: 'held' }>, 'lines' | 'uses' | 'guards' | 'strike'>

const NONE: readonly string[] = []

/** Everything that a batch may read or change, by key: what an adapter loads before core decides. */
export class TouchedKeys {
  readonly reservations = new Set<string>()
  readonly counters = new Set<string>()
  readonly guards = new Set<string>()
  readonly strikes = new Set<string>()
  /** By SKU; pools of a SKU are few. */
  private readonly accountsBySku = new Map<string, AccountKey[]>()
  /** Movements by account, in the order met. */
  readonly movements: { readonly account: AccountKey; readonly movement: string }[] = []
  /** Most due holds that a sweep of the batch may expire, summed. */
  sweepLimit = 0
  /** Accounts whose owed reservations are asked for. */
  readonly fills: { readonly account: AccountKey; readonly limit: number }[] = []

  accounts(): readonly AccountKey[] {
    return [...this.accountsBySku.values()].flat()
  }

  /** What the command names itself. */
  addCommand(command: Command): void {
    switch (command.kind) {
      case 'reserve':
        this.reservations.add(command.id)
        for (const { account } of command.claims.units) this.addAccount(account)
        for (const use of command.claims.uses)
          this.addNames(this.counters, use.counter, use.prior, use.subject)
        for (const guard of command.guards) this.addNames(this.guards, guard.name, guard.prior, guard.subject)
        if (command.risk !== null) this.addNames(this.strikes, command.risk.strikes, command.risk.prior)
        return
      case 'confirm':
        this.reservations.add(command.id)
        for (const { account } of command.retake?.units ?? []) this.addAccount(account)
        for (const use of command.retake?.uses ?? []) this.addNames(this.counters, use.counter, use.prior)
        return
      case 'return':
        this.reservations.add(command.id)
        for (const { account } of command.units) this.addMovement(account, command.movement)
        return
      case 'pieced':
      case 'extend':
      case 'shrink':
      case 'release':
        this.reservations.add(command.id)
        return
      case 'supply':
        this.addMovement(command.account, command.movement)
        return
      case 'transfer':
        this.addMovement(command.from, command.movement)
        this.addMovement(command.to, command.movement)
        return
      case 'configure':
        this.addAccount(command.account)
        return
      case 'judge':
        this.addNames(this.strikes, command.strikes, command.prior)
        return
      case 'sweep':
        this.sweepLimit += command.limit
        return
      case 'fill':
        this.addAccount(command.account)
        this.fills.push({ account: command.account, limit: command.limit })
        return
      case 'correct':
        this.reservations.add(command.id)
        this.addCorrection(command.correction)
        return
      default:
        unreachable(command)
    }
  }

  /** What a reservation that is there may touch when it is changed. */
  addReservation(state: KnownReservation | Claiming): void {
    if (!('lines' in state)) return
    for (const { account } of state.lines) this.addAccount(account)
    for (const use of state.uses) this.addNames(this.counters, use.counter, use.prior)
    for (const guard of state.guards) this.addNames(this.guards, guard, NONE)
    if (state.strike !== null) this.addNames(this.strikes, state.strike.strikes, NONE)
  }

  private addCorrection(correction: Correction): void {
    switch (correction.of) {
      case 'account':
        this.addAccount(correction.account)
        return
      case 'counter':
        this.addNames(this.counters, correction.counter, NONE)
        return
      case 'guard':
        this.addNames(this.guards, correction.guard, NONE)
        for (const id of [correction.found, correction.order]) if (id !== null) this.reservations.add(id)
        return
      default:
        unreachable(correction)
    }
  }

  addAccount(account: AccountKey): void {
    const known = this.accountsBySku.get(account.sku)
    if (known === undefined) this.accountsBySku.set(account.sku, [account])
    else if (!known.some(({ pool }) => pool === account.pool)) known.push(account)
  }

  addMovement(account: AccountKey, movement: string): void {
    this.addAccount(account)
    this.movements.push({ account, movement })
  }

  /** `subject`: what follows the last `/` of the name, where it is known. */
  protected addNames(
    into: Set<string>,
    name: string,
    prior: readonly string[],
    _subject: string | undefined = undefined,
  ): void {
    into.add(name)
    for (const older of prior) into.add(older)
  }
}
