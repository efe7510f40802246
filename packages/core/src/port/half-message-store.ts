import type { Message } from './message.js'

export type HalfMessageStatus = 'prepared' | 'committed' | 'rolled-back' | 'parked'

/** What a sender's check function knows of its local transaction. */
export type CheckAnswer = 'committed' | 'rolled-back' | 'unknown'

export interface HalfMessage {
  readonly message: Message
  readonly status: HalfMessageStatus
  /** Where its sender is asked: a name that the checker knows, or an address. */
  readonly checkAt: string | null
  /** Checks that were delivered and left it undecided. */
  readonly checks: number
  /** Store's clock, ms since the epoch. */
  readonly preparedAt: number
  /** When it is checked next; `null` where it is decided or parked. */
  readonly nextCheckAt: number | null
  readonly decidedAt: number | null
  readonly lastError: string | null
}

export interface PreparedMessage {
  readonly message: Message
  readonly checkAt: string | null
  /** The first check is due so long after, by the store's clock, ms. */
  readonly checkAfterMs: number
}

/** A half message handed out to be checked. */
export interface DueCheck {
  readonly half: HalfMessage
  /** Names this hand-out: what was handed out again since is not answered by it. */
  readonly lease: number
}

export type CheckReport =
  | { readonly kind: 'answered'; readonly answer: CheckAnswer }
  /** The sender could not be asked: it does not count against the budget. */
  | { readonly kind: 'not-delivered'; readonly error: string }

export interface CheckBudget {
  /** Delivered checks without a decision after which the message waits for an operator. */
  readonly checks: number
  /** Wait before the next one, ms. */
  readonly retryAfterMs: number
}

/**
 * Messages stored but not deliverable until their local transaction is known to have committed. A decision is made once: by
 * whoever comes first, sender or checker. A committed message waits in the outbox of the same store, from the same commit on.
 */
export interface HalfMessageStore {
  /** Repeated, it answers what it found; `id-reused` if the message is another. */
  prepare(
    half: PreparedMessage,
  ): Promise<{ readonly kind: 'prepared' | 'replayed' | 'id-reused'; readonly status: HalfMessageStatus }>
  /**
   * A parked message can be decided as well.
   *
   * @returns what it is now, and whether this call made it so; `null`: no message of this id is known
   */
  decide(
    id: string,
    decision: 'committed' | 'rolled-back',
  ): Promise<{ readonly status: HalfMessageStatus; readonly isNew: boolean } | null>
  read(id: string): Promise<HalfMessage | null>
  /** Those whose check is due, oldest first, handed out to one checker for `leaseMs`. */
  takeDue(limit: number, leaseMs: number): Promise<readonly DueCheck[]>
  /** Takes the answer of a check: decides, counts, or parks. `false`: decided meanwhile, or handed out again. */
  report(due: DueCheck, report: CheckReport, budget: CheckBudget): Promise<boolean>
  /** By id. */
  list(query: {
    readonly status?: HalfMessageStatus
    readonly cursor: string | null
    readonly limit: number
  }): Promise<{ readonly messages: readonly HalfMessage[]; readonly cursor: string | null }>
  /** Lets a parked one be checked again, with its whole budget. `false`: it is not parked. */
  resume(id: string): Promise<boolean>
  /**
   * Removes decided ones older than `retentionMs` by the store's clock, at most `limit`.
   *
   * @returns how many it removed
   */
  removeDecided(retentionMs: number, limit: number): Promise<number>
}

/**
 * Where local transactions run, so that it can be found out later whether one committed. Each writes a mark of its message;
 * a check that finds no mark leaves a tombstone in its place, so that a late transaction cannot commit.
 */
export interface LocalTransactions<Transaction> {
  /**
   * Runs `work` in one transaction with the mark. What it throws rolls both back, and is thrown.
   *
   * @param fingerprint tells a message sent again from another under the same id
   */
  run<T>(
    id: string,
    fingerprint: string,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<
    | { readonly kind: 'committed'; readonly value: T }
    /** It committed before, or another under its id did: `work` was not run, or was undone. */
    | { readonly kind: 'already' | 'id-reused' }
    /** It was given up before: `work` was not run, or was undone. */
    | { readonly kind: 'tombstoned' }
  >
  check(id: string): Promise<'committed' | 'rolled-back'>
  /** @returns how many marks older than `retentionMs` it removed, at most `limit` */
  forget(retentionMs: number, limit: number): Promise<number>
}
