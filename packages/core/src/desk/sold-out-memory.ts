import { accountName } from '../port/account-name.js'
import type { Command, Reserve } from '../port/commands.js'
import type { InsufficientStock, Outcome } from '../port/outcomes.js'
import type { Applied, ReservationStore } from '../port/reservation-store.js'
import type { Scheduler } from '../scheduler.js'
import type { ShortLine } from './refusals.js'

/** How long first attempts are refused for one refusal of the store's, ms. */
const REMEMBERED_MS = 100
/** Accounts that are remembered; with more of them it forgets them all, as it may at any time. */
const MOST_ACCOUNTS = 1_000

/**
 * What the store said to be sold out a moment ago, so that a crowd that comes for it is refused without asking again.
 * It never grants, and is forgotten as soon as anything is heard by which units may have come back.
 *
 * It refuses only an order each line of which it remembers, as any other may be refused for what stands before stock.
 */
export class SoldOutMemory {
  /** Accounts with nothing left when the store last decided on them. */
  private readonly empty = new Set<string>()
  /** Those of them for which a shop was refused in the end, and until when (scheduler's clock) it is remembered. */
  private readonly refusedUntil = new Map<string, number>()
  private readonly epochs = new Map<string, number>()
  /** Store's clock at which units may last have come back: answers from before it may arrive after it. */
  private freedAt = Number.NEGATIVE_INFINITY

  constructor(private readonly scheduler: Scheduler) {}

  /** The same store, whose answers are heard. */
  listeningTo(store: Pick<ReservationStore, 'apply'>): Pick<ReservationStore, 'apply'> {
    return {
      apply: async (partition, epoch, commands) => {
        const applied = await store.apply(partition, epoch, commands)
        this.hear(partition, commands, applied)
        return applied
      },
    }
  }

  /** The order was refused in the end, with nothing left to be done for it. */
  refused({ claims }: Reserve, { short, exact }: InsufficientStock): void {
    // Where units may be owed, or lie in other buckets, another order may yet be granted.
    if (claims.backorder || exact === false) return
    const until = this.scheduler.now() + REMEMBERED_MS
    for (const { account } of short) {
      const name = accountName(account)
      if (this.empty.has(name)) this.refusedUntil.set(name, until)
    }
  }

  /** The lines of an order that needs no asking; `null`: ask. */
  shortLines({ claims, refuse }: Reserve): readonly ShortLine[] | null {
    if (this.refusedUntil.size === 0 || refuse !== null || claims.backorder) return null
    const now = this.scheduler.now()
    for (const { account } of claims.units)
      if (!(now < (this.refusedUntil.get(accountName(account)) ?? now))) return null
    return claims.units.map(({ account, quantity }) => ({ ...account, requested: quantity, available: 0 }))
  }

  private hear(partition: string, commands: readonly Command[], applied: Applied): void {
    if (applied.kind === 'fenced') {
      this.forget()
      return
    }
    const { epoch, now, outcomes } = applied
    if ((this.epochs.get(partition) ?? epoch) !== epoch) this.forget()
    this.epochs.set(partition, epoch)
    for (let index = 0; index < outcomes.length; index++)
      this.hearOne(commands[index] as Command, outcomes[index] as Outcome, now)
  }

  private hearOne(command: Command, outcome: Outcome, now: number): void {
    if (outcome.kind === 'insufficient-stock') {
      if (command.kind === 'reserve' && now >= this.freedAt) this.noteEmpty(outcome)
    } else if (outcome.kind === 'granted') {
      if (this.empty.size > 0 && command.kind === 'reserve') this.forgetThoseOf(command)
    } else if (mayFree(outcome)) {
      this.freedAt = Math.max(now, this.freedAt)
      this.forget()
    }
  }

  private noteEmpty({ short }: InsufficientStock): void {
    if (this.empty.size >= MOST_ACCOUNTS) this.forget()
    for (const { account, available } of short) if (available === 0) this.empty.add(accountName(account))
  }

  private forgetThoseOf({ claims }: Reserve): void {
    for (const { account } of claims.units) {
      const name = accountName(account)
      this.empty.delete(name)
      this.refusedUntil.delete(name)
    }
  }

  private forget(): void {
    this.empty.clear()
    this.refusedUntil.clear()
  }
}

/** Whether units may have come back with it, or an account may have been opened, closed or given a backorder limit. */
function mayFree(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'released':
    case 'shrunk':
    case 'returned':
    case 'supplied':
    case 'transferred':
    case 'filled':
    case 'configured':
    case 'corrected':
      return true
    case 'swept':
      return outcome.expired.length > 0
    // Whoever meets a due hold by its id expires it.
    case 'already':
    case 'replayed':
      return outcome.status === 'expired'
    case 'refund-required':
      return true
    default:
      return false
  }
}
