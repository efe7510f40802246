import type {
  Command,
  Confirm,
  Extend,
  Release,
  ReservationCommand,
  Reserve,
  Return,
  Shrink,
} from '../../src/port/commands.js'
import type { Outcome, Refusal } from '../../src/port/outcomes.js'
import {
  answerOfKnown,
  lawOf,
  limitReached,
  linesTaken,
  owedUnits,
  refusalOf,
  shortOf,
  standing,
} from './admission.js'
import { Books, type Fact, nameOf, usesOf } from './books.js'
import { recordOfAccount } from './supply.js'
import { mustBe } from './violation.js'

const unknown: Outcome = { kind: 'unknown-id' }

/** Judges each outcome by the facts, and learns new ones from it. */
export class Auditor {
  readonly books = new Books()

  record(command: Command, outcome: Outcome, now: number) {
    switch (command.kind) {
      case 'reserve':
        return this.reserve(command, outcome, now)
      case 'extend':
      case 'shrink':
      case 'confirm':
      case 'release':
      case 'return':
        return this.known(command, outcome, now)
      case 'pieced':
        throw new Error('these laws are of one partition')
      case 'correct':
        throw new Error('under these laws nothing is ever to be corrected')
      default:
        return recordOfAccount(this.books, command, outcome, now)
    }
  }

  private reserve(command: Reserve, outcome: Outcome, now: number) {
    const { books } = this
    const fact = books.meet(command.id, now)
    if (fact !== undefined) {
      const law = fact.status === 'tombstoned' ? 'L7' : 'L5'
      return mustBe(
        law,
        `a reserve of ${command.id}`,
        outcome,
        answerOfKnown(fact, command, books.isLive(fact)),
      )
    }
    const refusal = refusalOf(books, command, now)
    if (refusal !== null) return mustBe(lawOf(refusal.kind), `a reserve of ${command.id}`, outcome, refusal)
    this.granted(command, outcome, now)
  }

  private granted(command: Reserve, outcome: Outcome, now: number) {
    const { books } = this
    const { claims, id, risk, holdMs, maxHoldMs } = command
    if (outcome.kind !== 'granted')
      return mustBe('L1', `a reserve of ${id} that nothing refuses`, outcome, 'granted')
    const effect = risk === null ? 'none' : standing(books, risk, now).effect
    const deferred = command.stock === 'defer' || effect === 'defer-stock'
    mustBe('L1', 'stock', outcome.stock, deferred ? 'deferred' : 'taken')
    mustBe('L4', 'the deadline', outcome.expiresAt, now + holdMs)
    const untaken = claims.units.map((units) => ({ ...units, owed: 0, returned: 0 }))
    const fact: Fact = {
      status: deferred ? 'deferred' : 'held',
      buyer: claims.fingerprint.buyer,
      asked: claims.fingerprint.lines,
      lines: deferred ? untaken : linesTaken(books, claims, outcome.owed),
      uses: usesOf(claims.uses, claims.units),
      guards: command.guards.map(({ name }) => name),
      strike: risk === null ? null : { name: risk.strikes, ms: risk.strikeMs },
      backorder: claims.backorder,
      expiresAt: outcome.expiresAt,
      latest: now + Math.max(holdMs, maxHoldMs),
      payment: null,
      why: '',
      endedAt: 0,
    }
    books.facts.set(id, fact)
    for (const name of fact.guards) books.guards.set(name, { id, expiresAt: fact.expiresAt })
    books.wait(id, fact)
  }

  private known(command: Exclude<ReservationCommand, Reserve>, outcome: Outcome, now: number) {
    const fact = this.books.meet(command.id, now)
    if (command.kind === 'confirm') return this.confirm(command, fact, outcome, now)
    if (command.kind === 'release') return this.release(command, fact, outcome, now)
    if (command.kind === 'return') return this.return(command, fact, outcome)
    const what = `${command.kind} of ${command.id}`
    if (fact === undefined) return mustBe('L6', what, outcome, unknown)
    if (!this.books.isLive(fact)) return mustBe('L6', what, outcome, { kind: 'already', status: fact.status })
    return command.kind === 'extend'
      ? this.extend(command, fact, outcome, now)
      : this.shrink(command, fact, outcome)
  }

  private extend({ id, holdMs }: Extend, fact: Fact, outcome: Outcome, now: number) {
    const expiresAt = Math.max(fact.expiresAt, Math.min(now + holdMs, fact.latest))
    mustBe('L4', `extend of ${id}`, outcome, { kind: 'extended', expiresAt })
    fact.expiresAt = expiresAt
    for (const name of fact.guards) this.books.guards.set(name, { id, expiresAt })
  }

  private shrink({ id, keep }: Shrink, fact: Fact, outcome: Outcome) {
    const kept = new Map(keep.map(({ account, quantity }) => [nameOf(account), quantity]))
    for (const { account, quantity } of keep) {
      const held = fact.lines.find((line) => nameOf(line.account) === nameOf(account))?.quantity ?? 0
      if (quantity > held) return mustBe('L1', `shrink of ${id}`, outcome, { kind: 'exceeds', account, held })
    }
    mustBe('L1', `shrink of ${id}`, outcome, { kind: 'shrunk' })
    for (const line of fact.lines) {
      const quantity = kept.get(nameOf(line.account)) ?? 0
      // What is owed goes first.
      line.owed = Math.max(0, line.owed - (line.quantity - quantity))
      line.quantity = quantity
    }
    fact.uses = usesOf(
      fact.uses.map((use) => ({ ...use, from: 0, to: null })),
      fact.lines,
    )
    this.books.wait(id, fact)
  }

  private release({ id, cause }: Release, fact: Fact | undefined, outcome: Outcome, now: number) {
    const { books } = this
    if (fact === undefined) {
      mustBe('L7', `release of unknown ${id}`, outcome, { kind: 'tombstoned' })
      books.facts.set(id, tombstone(now))
      return
    }
    const wins = books.isLive(fact) || (fact.status === 'confirmed' && cause === 'rollback')
    if (!wins) return mustBe('L8', `release of ${id}`, outcome, { kind: 'already', status: fact.status })
    mustBe('L8', `release of ${id}`, outcome, { kind: 'released' })
    if (cause === 'buyer') books.strike(fact, now)
    books.end(id, fact, 'released', now)
  }

  private confirm(command: Confirm, fact: Fact | undefined, outcome: Outcome, now: number) {
    const { books } = this
    const { id, payment } = command
    const what = `payment ${payment} of ${id}`
    if (fact === undefined) return this.confirmUnknown(command, outcome, now)
    const refund = (why: object) => mustBe('L9', what, outcome, { kind: 'refund-required', why })
    switch (fact.status) {
      case 'held':
        mustBe('L8', what, outcome, { kind: 'confirmed', late: false, owed: owedUnits(fact.lines) })
        return this.paid(command, fact, now)
      case 'deferred':
      case 'expired':
        return this.take(command, fact, outcome, now)
      case 'confirmed':
        if (payment === fact.payment)
          return mustBe('L9', what, outcome, { kind: 'already', status: 'confirmed' })
        return refund({ kind: 'duplicate-payment', paid: fact.payment })
      case 'released':
        refund({ kind: 'released' })
        fact.why = 'released'
        return books.end(id, fact, 'refund-required', now)
      case 'tombstoned':
        return refund({ kind: 'released' })
      case 'refund-required': {
        mustBe('L9', what, outcome.kind, 'refund-required')
        return mustBe(
          'L9',
          `why ${what} is refused`,
          outcome.kind === 'refund-required' && outcome.why.kind,
          fact.why,
        )
      }
    }
  }

  /** A deferred or late payment takes its units now, and if late its uses. */
  private take(command: Confirm, fact: Fact, outcome: Outcome, now: number) {
    const { books } = this
    const what = `payment of ${fact.status} ${command.id}`
    const late = fact.status === 'expired'
    const claims = { units: fact.lines, backorder: fact.backorder }
    const refusal = (late ? limitReached(books, fact.uses) : null) ?? shortOf(books, bare(claims))
    if (refusal !== null) {
      mustBe('L9', what, outcome, { kind: 'refund-required', why: refusal })
      fact.why = refusal.kind
      return books.end(command.id, fact, 'refund-required', now)
    }
    if (outcome.kind !== 'confirmed') return mustBe('L9', what, outcome, 'confirmed')
    mustBe('L9', 'late', outcome.late, late)
    fact.lines = linesTaken(books, bare(claims), outcome.owed)
    this.paid(command, fact, now)
  }

  private confirmUnknown({ id, payment, retake }: Confirm, outcome: Outcome, now: number) {
    const { books } = this
    const what = `payment of unknown ${id}`
    if (retake === null || now >= retake.until) return mustBe('L9', what, outcome, unknown)
    const uses = usesOf(retake.uses, retake.units)
    const refusal: Refusal | null = limitReached(books, uses) ?? shortOf(books, retake)
    if (refusal !== null) {
      books.facts.set(id, tombstone(now))
      return mustBe('L9', what, outcome, { kind: 'refund-required', why: refusal })
    }
    if (outcome.kind !== 'confirmed') return mustBe('L9', what, outcome, 'confirmed')
    mustBe('L9', 'late', outcome.late, true)
    const { buyer, lines: asked } = retake.fingerprint
    const lines = linesTaken(books, retake, outcome.owed)
    const fact: Fact = { ...tombstone(now), buyer, asked, lines, uses, backorder: retake.backorder }
    books.facts.set(id, fact)
    fact.payment = payment
    books.end(id, fact, 'confirmed', now)
  }

  private paid({ id, payment }: Confirm, fact: Fact, now: number) {
    fact.payment = payment
    this.books.end(id, fact, 'confirmed', now)
  }

  private return(command: Return, fact: Fact | undefined, outcome: Outcome) {
    const { books } = this
    const { id, movement, units, restock, giveBackUses } = command
    const what = `return ${movement} of ${id}`
    const data = JSON.stringify(['return', id, units, restock, giveBackUses])
    const known = units.map(({ account }) => books.movements.get(`${nameOf(account)} ${movement}`))
    if (known.some((one) => one !== undefined)) {
      const isSame = known.every((one) => one === data)
      return mustBe(
        'L6',
        what,
        outcome,
        isSame ? { kind: 'replayed-movement' } : { kind: 'id-reused', differs: ['lines'] },
      )
    }
    if (fact === undefined) return mustBe('L6', what, outcome, unknown)
    if (fact.status !== 'confirmed')
      return mustBe('L6', what, outcome, { kind: 'already', status: fact.status })
    const lineOf = (name: string) => fact.lines.find(({ account }) => nameOf(account) === name)
    for (const { account, quantity } of units) {
      const line = lineOf(nameOf(account))
      const held = line === undefined ? 0 : line.quantity - line.owed - line.returned
      if (quantity > held) return mustBe('L1', what, outcome, { kind: 'exceeds', account, held })
    }
    mustBe('L1', what, outcome, { kind: 'returned' })
    for (const { account, quantity } of units) {
      const name = nameOf(account)
      books.movements.set(`${name} ${movement}`, data)
      const line = lineOf(name)
      if (line !== undefined) line.returned += quantity
      const known = books.accounts.get(name)
      if (known !== undefined && !restock) known.supplied -= quantity
    }
    if (!giveBackUses) return
    for (const use of fact.uses) {
      const names = use.lines.map((index) => nameOf(fact.lines[index]?.account ?? { sku: '', pool: '' }))
      const back = units.filter(({ account }) => names.includes(nameOf(account)))
      use.quantity -= Math.min(
        use.quantity,
        back.reduce((sum, { quantity }) => sum + quantity, 0),
      )
    }
  }
}

function bare({ units, backorder }: { readonly units: Fact['lines']; readonly backorder: boolean }) {
  return { units: units.map(({ account, quantity }) => ({ account, quantity })), backorder }
}

function tombstone(now: number): Fact {
  const claimed = { buyer: '', asked: '', lines: [], uses: [], guards: [], strike: null, backorder: false }
  return { ...claimed, status: 'tombstoned', expiresAt: 0, latest: 0, payment: null, why: '', endedAt: now }
}
