import { isSpread } from '../buckets/is-spread.js'
import { bucketIn, VAULT } from '../partition/bucket-names.js'
import { AccountMap } from '../port/account-map.js'
import type { AccountKey } from '../port/claims.js'
import type { AccountNames, TakesEntries } from '../port/feed.js'
import type { ListQuery, Page, ReservationStore } from '../port/reservation-store.js'

/**
 * Under which names a ledger keeps the accounts of the store that it follows. Each bucket of a spread SKU, and each account
 * that leads from one to another, is an account of its own there, and changed by its own partition's history alone: as one
 * account they would have units that one partition tells of before the other has told where they came from.
 */
export class LedgerNames {
  private readonly ofPartitions = new Map<string, AccountNames>()

  constructor(
    private readonly store: Pick<ReservationStore, 'spread' | 'partitions'>,
    /** Whether the ledger leases units to the store, and has a bucket of its own of each account. */
    private readonly leases: boolean,
  ) {}

  /** Whether the ledger has the account in several. */
  isInBuckets({ sku }: Pick<AccountKey, 'sku'>): boolean {
    return this.leases || isSpread(this.store, sku)
  }

  of(partition: string): AccountNames {
    let names = this.ofPartitions.get(partition)
    if (names === undefined) {
      const isInBuckets = (account: AccountKey) => this.isInBuckets(account)
      names = remembered((account) => (isInBuckets(account) ? bucketIn(partition, account) : account))
      this.ofPartitions.set(partition, names)
    }
    return names
  }

  /** The ledger, which carries each partition under its names. */
  carrying(ledger: TakesEntries): TakesEntries {
    if (!this.leases && !this.store.spread?.length) return ledger
    return {
      carry: (partition, entries) => ledger.carry(partition, entries, this.of(partition)),
      carried: (partitions) => ledger.carried(partitions),
    }
  }

  /** What the ledger has on record of one account, as if it had the store's partitions, and a bucket in each. */
  inPartitions(ledger: ReservationStore, account: AccountKey) {
    return {
      partitions: async () => [...(this.leases ? [VAULT] : []), ...(await this.store.partitions())],
      read: async (partition: string, query: ListQuery): Promise<Page> => {
        const [main = ''] = await ledger.partitions()
        const page = await ledger.read(main, { ...query, account: this.of(partition)(account) })
        return { ...page, ledger: page.ledger.map((entry) => ({ ...entry, account })) }
      },
    }
  }
}

/** Orders of a sale name few accounts, and each of them often. */
function remembered(names: AccountNames): AccountNames {
  const known = new AccountMap<AccountKey>()
  return (account) => {
    let name = known.get(account)
    if (name === undefined) {
      name = names(account)
      known.add(account, name)
    }
    return name
  }
}
