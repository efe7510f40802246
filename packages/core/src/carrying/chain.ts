import { differencesBetween } from '../books/compare.js'
import type { Difference } from '../books/differences.js'
import { mergedLedger } from '../buckets/merged-reading.js'
import type { Call } from '../coalescer/coalescer.js'
import { invalid } from '../input/parse.js'
import { VAULT } from '../partition/bucket-names.js'
import type { CampaignStore } from '../port/campaign-store.js'
import type { AccountKey } from '../port/claims.js'
import type { CompensationStore } from '../port/compensation-store.js'
import { type CarriesFeeds, isAtLeast, type KeepsFeed } from '../port/feed.js'
import type { OrderStore } from '../port/order-store.js'
import type { ListQuery, Page, ReservationStore } from '../port/reservation-store.js'
import type { Scheduler } from '../scheduler.js'
import { Carrier } from './carrier.js'
import { CatchingUp } from './catching-up.js'
import { LedgerNames } from './ledger-names.js'
import { Rebuild } from './rebuild.js'
import { Vault } from './vault.js'

/** Times that two stores are compared, until neither changed meanwhile. */
const COMPARISONS = 5

/** A store that decides, and lets another follow. */
export type FastStore = ReservationStore & KeepsFeed
/** A store that follows it. */
export type FollowingLedger = ReservationStore & OrderStore & CampaignStore & CompensationStore & CarriesFeeds

/** A fast store and the ledger that follows it. */
export class Chain {
  readonly carrier: Carrier
  readonly catchingUp: CatchingUp
  /** Units that the ledger has not leased to the store; `null`: the store has all. */
  readonly vault: Vault | null
  private readonly names: LedgerNames
  readonly rebuild: Rebuild

  constructor(
    readonly store: FastStore,
    readonly ledger: FollowingLedger,
    scheduler: Scheduler,
    chunk: number | null,
  ) {
    const { feed } = store
    const partitions = () => store.partitions()
    this.vault = chunk === null ? null : new Vault(ledger, store, chunk)
    this.names = new LedgerNames(store, chunk !== null)
    const following = this.names.carrying(ledger)
    this.carrier = new Carrier({ feed, partitions, ledger: following, scheduler })
    this.catchingUp = new CatchingUp(feed, partitions, following, this.carrier, scheduler)
    this.rebuild = new Rebuild(store, ledger, scheduler)
  }

  /**
   * `null` where the ledger, if there is one, cannot follow the store.
   *
   * @param chunk units of an account that are leased at once; `null`: the store has all
   * @throws HoldfastError `invalid-argument` where none follows that could lease
   */
  static between(
    store: object,
    ledger: object | undefined,
    scheduler: Scheduler,
    chunk: number | null,
  ): Chain | null {
    const links = ledger !== undefined && ledger !== store && 'feed' in store && 'carry' in ledger
    if (links) return new Chain(store as FastStore, ledger as FollowingLedger, scheduler, chunk)
    if (chunk !== null) throw invalid('lease', 'needs a ledger that follows the store')
    return null
  }

  /** Resolves once the ledger has all that the partition has done so far. */
  async carried(partition: string, call: Call): Promise<void> {
    if (partition !== VAULT) await this.catchingUp.now(call, [partition])
  }

  /** What the ledger has on record of one account, as far as it was carried: a page of it. */
  async moved(query: ListQuery & { readonly account: AccountKey }): Promise<Page> {
    const { account } = query
    if (this.names.isInBuckets(account))
      return mergedLedger(this.names.inPartitions(this.ledger, account), query)
    const [main = ''] = await this.ledger.partitions()
    return this.ledger.read(main, query)
  }

  /**
   * What differs between the two, while neither changes; `null`: one did each time.
   *
   * @throws what carrying failed with
   */
  async differences(call: Call): Promise<readonly Difference[] | null> {
    for (let tries = 0; tries < COMPARISONS; tries++) {
      await this.catchingUp.now(call)
      const before = await this.positions()
      const differences = await differencesBetween(this.store, this.ledger, this.names)
      const after = await this.positions()
      if (before.isAtRest && after.isAtRest && before.text === after.text) return differences
    }
    return null
  }

  private async positions() {
    const partitions = await this.store.partitions()
    const ends = await this.store.feed.ends(partitions)
    const carried = await this.ledger.carried(partitions)
    const isAtRest = ends.every((end, index) => isAtLeast(carried[index] ?? null, end))
    return { isAtRest, text: JSON.stringify(ends) }
  }
}
