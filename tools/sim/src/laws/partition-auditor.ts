import { isDeepStrictEqual } from 'node:util'
import type { AccountKey, Applied, Command, Outcome, Page, ReservationState } from '@holdfast/core/adapter'
import { Auditor } from '../../../../packages/core/test/laws/auditor.js'
import type { Fact } from '../../../../packages/core/test/laws/books.js'
import { nameOf } from '../../../../packages/core/test/laws/books.js'
import { every, type Read } from './every.js'
import { checkFigures } from './figures.js'
import { law } from './law-broken.js'
import { Sums } from './sums.js'
import { Touched } from './touched.js'

/**
 * Checks the laws on one partition after every batch: each outcome by core's own bookkeeping of facts, which knows
 * nothing of the machines, then everything that the batch may have touched against those facts and against what the
 * reservations add up to. What no batch should have touched is compared now and then, by `compareAll`.
 */
export class PartitionAuditor {
  private readonly judge = new Auditor()
  private readonly sums = new Sums()
  /** Accounts as they were read last. */
  private readonly accounts = new Map<string, Page['accounts'][number]>()
  /** Ids in the order in which they ended. */
  private readonly ended: { readonly id: string; readonly endedAt: number }[] = []
  /** Ids whose retention is over and that were still there when last looked at. */
  private readonly lingering = new Set<string>()

  constructor(
    private readonly read: Read,
    private readonly retentionMs: number,
  ) {}

  /** Reservations and counters that are known. */
  get size(): number {
    return this.sums.reservations.size + this.sums.counters.size
  }

  reservation(id: string): ReservationState {
    return this.sums.reservations.get(id) ?? { status: 'absent' }
  }

  account(key: AccountKey): Page['accounts'][number] | undefined {
    return this.accounts.get(nameOf(key))
  }

  /** Returns the ids that were looked at. @throws an error that names the law which is broken */
  async applied(
    commands: readonly Command[],
    { now, outcomes }: Extract<Applied, { kind: 'applied' }>,
  ): Promise<readonly string[]> {
    law('one outcome for each command', outcomes.length === commands.length, () => ({ commands, outcomes }))
    const touched = new Touched(this.judge.books, this.sums.reservations)
    commands.forEach((command, index) => {
      const outcome = outcomes[index] as Outcome
      touched.add(command, outcome)
      this.judge.record(command, outcome, now)
    })
    if (commands.some(({ kind }) => kind === 'sweep')) this.addForgettable(touched, now)
    const page = await this.read(touched.query())
    this.compareReservations(touched, page, now)
    for (const account of page.accounts) this.compareAccount(account)
    const counters = new Map(page.counters.map((counter) => [counter.name, counter]))
    for (const name of touched.counters) this.compareCounter(name, counters.get(name))
    const guards = new Map(page.guards.map(({ name, state }) => [name, state]))
    for (const name of touched.guards) this.compareGuard(name, guards.get(name))
    for (const strikes of page.strikes) this.compareStrikes(strikes)
    return [...touched.reservations]
  }

  /** Compares everything that the partition holds. @throws LawBroken */
  async compareAll(): Promise<void> {
    const { books } = this.judge
    const reservations = await every(this.read, 'reservations')
    for (const { id, state } of reservations) this.compareFact(id, state, books.facts.get(id))
    law('L5 no id is lost', reservations.length === books.facts.size, () => ({
      found: reservations.length,
      known: books.facts.size,
    }))
    const accounts = await every(this.read, 'accounts')
    for (const account of accounts) this.compareAccount(account)
    law('L1 no account is lost', accounts.length === books.accounts.size, () => accounts)
    for (const counter of await every(this.read, 'counters')) this.compareCounter(counter.name, counter)
    const guards = await every(this.read, 'guards')
    for (const { name, state } of guards) this.compareGuard(name, state)
    law('L4 no slot is lost', guards.length === books.guards.size, () => guards)
    for (const strikes of await every(this.read, 'strikes')) this.compareStrikes(strikes)
  }

  /** Ids that ended long enough ago for a sweep to have forgotten them. */
  private addForgettable(touched: Touched, now: number): void {
    const { ended, judge } = this
    let passed = 0
    for (; passed < ended.length; passed++) {
      const { endedAt } = ended[passed] as (typeof ended)[number]
      if (endedAt + this.retentionMs > now) break
    }
    // One that is still there after all is owed units, or ended anew: it is looked at again.
    const met = ended.splice(0, passed)
    for (const { id } of met) if (judge.books.facts.has(id)) this.lingering.add(id)
    for (const id of this.lingering) {
      if (judge.books.facts.has(id)) touched.reservation(id)
      else this.lingering.delete(id)
    }
  }

  private compareReservations(touched: Touched, page: Page, now: number): void {
    const { books } = this.judge
    const found = new Map(page.reservations.map(({ id, state }) => [id, state]))
    for (const id of touched.reservations) {
      const fact = books.facts.get(id)
      const state = found.get(id) ?? ABSENT
      if (state.status === 'absent') {
        if (fact === undefined) continue
        law('L5 an id is remembered for its retention', books.mayLapse(fact, now, this.retentionMs), () => ({
          id,
          fact,
          now,
        }))
        books.lapse(id, fact)
        this.sums.forget(id)
        continue
      }
      this.compareFact(id, state, fact)
      if (this.sums.reservations.get(id)?.version === state.version) continue
      this.sums.replace(id, state)
      if ('endedAt' in state) this.ended.push({ id, endedAt: state.endedAt })
    }
  }

  private compareFact(id: string, state: ReservationState, fact: Fact | undefined): void {
    const found = () => ({ id, state, fact })
    if (state.status === 'absent') return
    law('L8 a reservation stands where its outcomes say', state.status === fact?.status, found)
    if (state.status === 'tombstoned' || fact === undefined) return
    law('L1 its lines are what was told', isDeepStrictEqual(state.lines, fact.lines), found)
    const isUsed = state.uses.every(({ quantity }, index) => quantity === fact.uses[index]?.quantity)
    law('L3 its uses follow its lines', isUsed && state.uses.length === fact.uses.length, found)
    if ('expiresAt' in state) law('its deadline is what was told', state.expiresAt === fact.expiresAt, found)
    if (state.status === 'confirmed')
      law('L9 it is sold to the payment that was told so', state.payment === fact.payment, found)
  }

  private compareAccount(account: Page['accounts'][number]): void {
    checkFigures(account)
    const { reserved, sold, backordered, supplied, archived } = account
    const sums = this.sums.account(account.key)
    const movements = this.judge.books.accounts.get(nameOf(account.key))?.supplied
    const found = () => ({ account, sums, movements })
    law('L1 supplied = the net sum of movements', supplied === movements, found)
    law('L1 reserved = units taken by held reservations', reserved === sums.reserved, found)
    const isSold = sold === sums.sold + sums.archived && archived === sums.archived
    law('L1 sold = taken − returned of confirmed reservations', isSold, found)
    law('L1 backordered = units owed', backordered === sums.owed, found)
    this.accounts.set(nameOf(account.key), account)
  }

  private compareCounter(name: string, shown: { used: number } | undefined): void {
    const sums = this.sums.counters.get(name)
    const expected = sums === undefined ? 0 : sums.used + sums.archived
    law('L3 a counter equals its uses', (shown?.used ?? 0) === expected, () => ({ name, shown, expected }))
  }

  private compareGuard(name: string, state: Page['guards'][number]['state'] | undefined): void {
    const holder = this.judge.books.guards.get(name)
    const isSame =
      state?.status === 'open'
        ? state.id === holder?.id && state.expiresAt === holder.expiresAt
        : holder === undefined
    law('L4 a slot is open for its live order, else free', isSame, () => ({ name, state, holder }))
  }

  private compareStrikes({ name, state }: Page['strikes'][number]): void {
    const { count, until } = this.judge.books.strikesOf(name)
    const isSame = state.count === count && state.until === until
    law('a strike for each order given up, no other', isSame, () => ({ name, state, count, until }))
  }
}

const ABSENT: ReservationState = { status: 'absent' }
