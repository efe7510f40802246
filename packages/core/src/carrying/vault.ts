import type { Answer } from '../coalescer/coalescer.js'
import { HoldfastError } from '../errors.js'
import { accountTold, bucketIn, bucketNamed, isTransit, unitsOf, VAULT } from '../partition/bucket-names.js'
import { accountName } from '../port/account-name.js'
import type { AccountKey } from '../port/claims.js'
import type { Command } from '../port/commands.js'
import { type KeyQuery, NO_KEYS, type Page, type ReservationStore } from '../port/reservation-store.js'

/** Accounts of the ledger that one round looks at. */
const LOOKED_AT = 500

/**
 * What the ledger has of each account that it has not leased to the store: a bucket more, in the ledger itself, out of which
 * units go to the others by the same transfers, a chunk at a time.
 */
export class Vault {
  /** Where the next round goes on. */
  private cursor: string | null = null

  /** @param chunk units that a bucket is given at once, so that it has them at hand */
  constructor(
    private readonly ledger: ReservationStore,
    private readonly store: Pick<ReservationStore, 'partitionsOf'>,
    readonly chunk: number,
  ) {}

  async submit(command: Command): Promise<Answer> {
    const applied = await this.ledger.apply(await this.main(), null, [inVault(command)])
    const [outcome] = applied.kind === 'applied' ? applied.outcomes : []
    if (applied.kind !== 'applied' || outcome === undefined)
      throw new HoldfastError('store-failed', 'the ledger gave no outcome')
    const { now, epoch } = applied
    if (outcome.kind === 'account-unknown')
      return { now, epoch, outcome: { ...outcome, accounts: outcome.accounts.map(accountTold) } }
    if (outcome.kind !== 'insufficient-stock') return { now, epoch, outcome }
    const short = outcome.short.map((line) => ({ ...line, account: accountTold(line.account) }))
    return { now, epoch, outcome: { ...outcome, short } }
  }

  async read(query: KeyQuery): Promise<Page> {
    const accounts = query.accounts.map((key) => bucketIn(VAULT, key))
    const page = await this.ledger.read(await this.main(), { ...NO_KEYS, accounts })
    return {
      ...page,
      accounts: page.accounts.map((account) => ({ ...account, key: accountTold(account.key) })),
    }
  }

  /** Accounts of which units are on their way, or to be leased or brought home: a few of all at a time. */
  async unsettled(): Promise<readonly AccountKey[]> {
    const query = { kind: 'list', of: 'accounts', cursor: this.cursor, limit: LOOKED_AT } as const
    const page = await this.ledger.read(await this.main(), query)
    this.cursor = page.cursor
    const leaving = new Map<string, AccountKey>()
    const full: AccountKey[] = []
    const over: AccountKey[] = []
    for (const { key, available, closesAt } of page.accounts) {
      const told = bucketNamed(key)
      if (told === null) continue
      const account = unitsOf(told.account)
      if (isTransit(told.account)) {
        if (available > 0) leaving.set(accountName(account), account)
      } else if (told.partition === VAULT) {
        if (closesAt !== null && page.now >= closesAt) over.push(account)
        else if (available > 0) full.push(account)
      }
    }
    const uneven = [
      ...(await this.withBuckets(full, (level) => level * 2 < this.chunk)),
      ...(await this.withBuckets(over, (level) => level > 0)),
    ]
    for (const account of uneven) leaving.set(accountName(account), account)
    return [...leaving.values()]
  }

  /** Those of which a bucket has so many, as far as the ledger knows. */
  private async withBuckets(
    keys: readonly AccountKey[],
    isSo: (level: number) => boolean,
  ): Promise<readonly AccountKey[]> {
    if (keys.length === 0) return []
    const buckets = keys.flatMap((account) =>
      this.store
        .partitionsOf({ kind: 'fill', account, limit: 1 })
        .map((partition) => ({ account, kept: bucketIn(partition, account) })),
    )
    const accounts = buckets.map(({ kept }) => kept)
    const page = await this.ledger.read(await this.main(), { ...NO_KEYS, accounts })
    const levels = new Map(page.accounts.map(({ key, available }) => [accountName(key), available]))
    return buckets.flatMap(({ account, kept }) => (isSo(levels.get(accountName(kept)) ?? 0) ? [account] : []))
  }

  private async main(): Promise<string> {
    const [main = ''] = await this.ledger.partitions()
    return main
  }
}

function inVault(command: Command): Command {
  switch (command.kind) {
    case 'supply':
    case 'configure':
      return { ...command, account: bucketIn(VAULT, command.account) }
    case 'transfer':
      return { ...command, from: bucketIn(VAULT, command.from), to: bucketIn(VAULT, command.to) }
    default:
      throw new HoldfastError('store-failed', `${command.kind} is none of a vault's`)
  }
}
