import type { AccountKey, Command, KeyQuery, KnownReservation, Outcome, Units } from '@holdfast/core/adapter'
import { type Books, nameOf } from '../../../../packages/core/test/laws/books.js'

/** What a batch may have changed, by what was known before it: all that is to be looked at again. */
export class Touched {
  readonly reservations = new Set<string>()
  readonly counters = new Set<string>()
  readonly guards = new Set<string>()
  private readonly accounts = new Map<string, AccountKey>()
  private readonly strikes = new Set<string>()

  constructor(
    private readonly books: Books,
    private readonly known: ReadonlyMap<string, KnownReservation>,
  ) {}

  add(command: Command, outcome: Outcome): void {
    switch (command.kind) {
      case 'reserve': {
        const { claims, guards, risk } = command
        this.reservation(command.id)
        this.units(claims.units)
        for (const use of claims.uses) addNames(this.counters, use.counter, use.prior)
        for (const { name, prior } of guards) for (const each of [name, ...prior]) this.slot(each)
        if (risk !== null) addNames(this.strikes, risk.strikes, risk.prior)
        return
      }
      case 'return':
        this.reservation(command.id)
        this.units(command.units)
        return
      case 'supply':
      case 'configure':
        this.account(command.account)
        return
      case 'transfer':
        this.account(command.from)
        this.account(command.to)
        return
      case 'judge':
        addNames(this.strikes, command.strikes, command.prior)
        return
      case 'sweep':
        if (outcome.kind === 'swept') for (const id of outcome.expired) this.reservation(id)
        return
      case 'fill':
        this.account(command.account)
        for (const id of this.books.waiting.get(nameOf(command.account)) ?? []) this.reservation(id)
        return
      default:
        this.reservation(command.id)
    }
  }

  /** An id with everything that it claims. */
  reservation(id: string): void {
    if (this.reservations.has(id)) return
    this.reservations.add(id)
    const state = this.known.get(id)
    if (state === undefined || state.status === 'tombstoned') return
    this.units(state.lines)
    for (const { counter } of state.uses) this.counters.add(counter)
    for (const name of state.guards) this.guards.add(name)
    if (state.strike !== null) this.strikes.add(state.strike.strikes)
  }

  query(): KeyQuery {
    return {
      kind: 'keys',
      accounts: [...this.accounts.values()],
      reservations: [...this.reservations],
      counters: [...this.counters],
      guards: [...this.guards],
      strikes: [...this.strikes],
    }
  }

  private units(units: readonly Pick<Units, 'account'>[]): void {
    for (const { account } of units) this.account(account)
  }

  private account(key: AccountKey): void {
    this.accounts.set(nameOf(key), key)
  }

  /** A due holder of a slot is expired by whoever asks for it. */
  private slot(name: string): void {
    this.guards.add(name)
    const holder = this.books.guards.get(name)
    if (holder !== undefined) this.reservation(holder.id)
  }
}

function addNames(names: Set<string>, name: string, prior: readonly string[]): void {
  names.add(name)
  for (const older of prior) names.add(older)
}
