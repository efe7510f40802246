import type { Vault } from '../carrying/vault.js'
import type { Answer, Call } from '../coalescer/coalescer.js'
import { HoldfastError } from '../errors.js'
import { invalid } from '../input/parse.js'
import { isTransit, VAULT } from '../partition/bucket-names.js'
import type { Submit } from '../pieced/homes.js'
import { readReservation } from '../pieced/read-reservation.js'
import { accountName } from '../port/account-name.js'
import type { AccountKey } from '../port/claims.js'
import type { Configure, Confirm, Supply, Transfer } from '../port/commands.js'
import type { InsufficientStock, ShortLine } from '../port/outcomes.js'
import { NO_KEYS, type ReservationStore } from '../port/reservation-store.js'
import { type Scheduler, systemScheduler } from '../scheduler.js'
import type { Carried } from './bucket-transfers.js'
import { isSpread, OWES_NOTHING } from './is-spread.js'
import { type InTime, type Pulled, SpreadAccount } from './spread-account.js'

/** A ledger that follows the store. */
export interface Behind {
  readonly carried: Carried
  /** Units that it has not leased; `null`: the store has all. */
  readonly vault: Vault | null
}

/** Times that units are pulled for one command before its refusal stands: others may be faster. */
const MOST_PULLS = 3
/** How long a bucket is waited for, ms: one node that hangs keeps nobody from the units of the others. */
const PATIENCE_MS = 3_000

/**
 * SKUs whose units are spread over all partitions of a store, as if each were one account. A bucket that is short is
 * given units of others before anybody is refused. The first bucket keeps the account's books: supply comes and goes
 * there, under the shop's own movement ids, and its settings are those of all.
 */
export class Buckets {
  private readonly accounts = new Map<string, SpreadAccount>()
  private readonly inTime: InTime
  private readonly straight: Submit
  /** `null`: the store has all units there are. */
  private readonly vault: Vault | null

  constructor(
    private readonly store: ReservationStore,
    straight: Submit,
    private readonly scheduler: Scheduler = systemScheduler,
    /** `null`: no ledger follows. */
    private readonly behind: Behind | null = null,
  ) {
    const vault = behind?.vault ?? null
    this.vault = vault
    this.straight =
      vault === null
        ? straight
        : (partition, command, call) =>
            partition === VAULT ? vault.submit(command) : straight(partition, command, call)
    this.inTime = (promise) => this.within(promise, PATIENCE_MS)
  }

  /** Whether units of some accounts lie in buckets. */
  get areUsed(): boolean {
    return this.vault !== null || (this.store.spread?.length ?? 0) > 0
  }

  /** Whether units of the account lie in buckets. */
  has({ sku }: AccountKey): boolean {
    return this.vault !== null || isSpread(this.store, sku)
  }

  /** Where the account's buckets are. The first keeps its books of supply: the vault, if there is one. */
  private bucketsOf(account: AccountKey): readonly string[] {
    const partitions = this.store.partitionsOf({ kind: 'fill', account, limit: 1 })
    return this.vault === null ? partitions : [VAULT, ...partitions]
  }

  /** The answer of the first bucket: what time it is, the store alone says. */
  private async atFirst(command: Supply | Transfer | Configure, call: Call): Promise<Answer> {
    const [first = '', next = ''] = this.bucketsOf(
      command.kind === 'transfer' ? command.from : command.account,
    )
    const answer = await this.submit(first, command, call)
    if (first !== VAULT) return answer
    const { now } = await this.store.read(next, NO_KEYS)
    return { ...answer, now }
  }

  /** Brings a command to its partition, and again where that was short of units which others have. */
  readonly submit: Submit = async (partition, command, call) => {
    let pulled: readonly Pulled[] = []
    for (let pulls = 0; ; pulls++) {
      const answer = await this.straight(partition, command, call)
      const { outcome } = answer
      const mayPull = command.kind === 'reserve' || command.kind === 'supply' || command.kind === 'transfer'
      if (!mayPull || outcome.kind !== 'insufficient-stock') return answer
      const spread = outcome.short.filter(({ account }) => this.has(account))
      if (spread.length === 0) return answer
      // Another SKU is short as well: no pull helps.
      if (spread.length < outcome.short.length) return { ...answer, outcome: { ...outcome, exact: false } }
      if (pulls === MOST_PULLS) return summed(answer, outcome, pulled)
      pulled = await this.pulledFor(partition, outcome.short, call)
      if (!pulled.every(({ isThere }) => isThere)) return summed(answer, outcome, pulled)
    }
  }

  /** Supply of a spread account, at its first bucket. */
  async supply(command: Supply, call: Call): Promise<Answer> {
    const { account, delta } = command
    const [, ...others] = this.bucketsOf(account)
    const spread = this.of(account)
    // Before the first, so that where that is there all are.
    if (delta >= 0) await Promise.all(others.map((partition) => spread.transfers.open(partition)))
    const answer = await this.atFirst(command, call)
    if (answer.outcome.kind !== 'supplied' && answer.outcome.kind !== 'replayed-movement') return answer
    if (delta > 0) await this.evenOut(account)
    if (answer.outcome.kind !== 'supplied') return answer
    const available = await this.available(account)
    return { ...answer, outcome: { kind: 'supplied', available } }
  }

  /** Units moved to another pool of a spread SKU, at their first buckets. */
  async transfer(command: Transfer, call: Call): Promise<Answer> {
    const answer = await this.atFirst(command, call)
    if (answer.outcome.kind === 'transferred') await this.evenOut(command.to)
    return answer
  }

  /** The first bucket decides; the others follow it, and those that do not hear of it are told by a worker. */
  async configure(command: Configure, call: Call): Promise<Answer> {
    if (command.backorderLimit > 0) throw invalid('backorderLimit', OWES_NOTHING)
    const [, ...others] = this.bucketsOf(command.account)
    const answer = await this.atFirst(command, call)
    if (answer.outcome.kind === 'configured')
      await Promise.all(others.map((partition) => this.straight(partition, command, call)))
    return answer
  }

  /** A payment that must take units first finds them beside it, if there are any. */
  async beforePaying(partition: string, { id, retake }: Confirm, call: Call): Promise<void> {
    const { state } = await readReservation(this.store, partition, id)
    const isKnown = state !== null && state.status !== 'absent'
    const takes = state?.status === 'deferred' || state?.status === 'expired'
    const claimed = takes ? state.lines : isKnown ? [] : (retake?.units ?? [])
    const lines = claimed.filter(({ account }) => this.has(account))
    const wanted = lines.map(({ account, quantity }) => ({ account, requested: quantity, available: 0 }))
    if (wanted.length === 0) return
    const pulled = await this.pulledFor(partition, wanted, call)
    // A payment that must be given back is final: not before every bucket was looked into.
    if (pulled.some(({ isThere, isCertain }) => !isThere && !isCertain)) throw notLookedInto()
  }

  /** Finishes transfers that were left, evens buckets out, and repeats settings. Returns how many transfers it made. */
  async rebalance(): Promise<number> {
    let moved = 0
    for (const account of await this.unsettled()) moved += await this.tidy(account)
    return moved
  }

  private async unsettled(): Promise<readonly AccountKey[]> {
    if (this.vault !== null) return this.vault.unsettled()
    const pools = await Promise.all((this.store.spread ?? []).map((sku) => this.poolsOf(sku)))
    return pools.flat()
  }

  private async tidy(account: AccountKey): Promise<number> {
    const spread = this.of(account)
    const look = await spread.look()
    const [first = ''] = this.bucketsOf(account)
    const settled = look.buckets.find(({ partition }) => partition === first)?.account
    for (const { partition, account: bucket } of look.buckets) {
      if (settled === undefined || bucket.configVersion >= settled.configVersion) continue
      const { configVersion: version, opensAt, closesAt, backorderLimit } = settled
      const command = { kind: 'configure', account, version, opensAt, closesAt, backorderLimit } as const
      await this.straight(partition, command, { deadlineMs: PATIENCE_MS })
    }
    return spread.rebalance(look)
  }

  private async poolsOf(sku: string): Promise<readonly AccountKey[]> {
    const [first = ''] = await this.store.partitions()
    const query = { kind: 'list', of: 'accounts', cursor: null, limit: MOST_POOLS, account: { sku } } as const
    const { accounts } = await this.store.read(first, query)
    return accounts.map(({ key }) => key).filter((key) => !isTransit(key))
  }

  private of(account: AccountKey): SpreadAccount {
    const key = accountName(account)
    const known = this.accounts.get(key)
    if (known !== undefined) return known
    const { store, vault, behind } = this
    const read: ReservationStore['read'] = (partition, query) =>
      partition === VAULT && vault !== null && query.kind === 'keys'
        ? vault.read(query)
        : store.read(partition, query)
    const added = new SpreadAccount(
      { read },
      this.straight,
      this.bucketsOf(account),
      account,
      this.inTime,
      behind?.carried ?? null,
      vault?.chunk ?? null,
    )
    this.accounts.set(key, added)
    return added
  }

  private async pulledFor(
    partition: string,
    short: readonly ShortLine[],
    call: Call,
  ): Promise<readonly Pulled[]> {
    const pulls = short.map(({ account, requested }) =>
      this.of(account).pulled({ partition, quantity: requested }),
    )
    const pulled = await this.within(Promise.all(pulls), call.deadlineMs)
    if (pulled === null) throw notLookedInto()
    return pulled
  }

  /** The units are on record: that they are not even yet is no failure of whoever brought them. */
  private async evenOut(account: AccountKey): Promise<void> {
    await this.of(account).evenOut().catch(leftToWorkers)
  }

  private async available(account: AccountKey): Promise<number> {
    const { buckets } = await this.of(account).look()
    return buckets.reduce((sum, bucket) => sum + bucket.account.available, 0)
  }

  private within<Value>(promise: Promise<Value>, ms: number): Promise<Value | null> {
    return new Promise((resolve) => {
      const cancel = this.scheduler.timer(ms, () => resolve(null))
      promise.finally(cancel).then(resolve, () => resolve(null))
    })
  }
}

/** A page of accounts of one SKU; those that lead to other buckets are among them. */
const MOST_POOLS = 10_000

/**
 * The refusal, with what all buckets have: figures of several moments, never enough for what was refused.
 *
 * @throws HoldfastError `overloaded` where that is not known
 */
function summed(answer: Answer, { kind, short }: InsufficientStock, pulled: readonly Pulled[]): Answer {
  if (pulled.some(({ isCertain }) => !isCertain)) throw notLookedInto()
  const lines = short.map((line, index) => {
    const total = pulled[index]?.total ?? line.available
    return { ...line, available: Math.min(total, line.requested - 1) }
  })
  return { ...answer, outcome: { kind, short: lines, exact: false } }
}

function notLookedInto(): HoldfastError {
  return new HoldfastError('overloaded', 'overloaded: not all buckets of a spread SKU could be looked into')
}

function leftToWorkers(): void {}
