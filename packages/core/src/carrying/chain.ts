import { differencesBetween } from '../books/compare.js'
import type { Difference } from '../books/differences.js'
import type { Call } from '../coalescer/coalescer.js'
import { invalid } from '../input/parse.js'
import type { CampaignStore } from '../port/campaign-store.js'
import type { CompensationStore } from '../port/compensation-store.js'
import { type CarriesFeeds, isAtLeast, type KeepsFeed } from '../port/feed.js'
import type { OrderStore } from '../port/order-store.js'
import type { ReservationStore } from '../port/reservation-store.js'
import type { Scheduler } from '../scheduler.js'
import { Carrier } from './carrier.js'
import { CatchingUp } from './catching-up.js'

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

  constructor(
    readonly store: FastStore,
    readonly ledger: FollowingLedger,
    scheduler: Scheduler,
  ) {
    const { feed } = store
    const partitions = () => store.partitions()
    this.carrier = new Carrier({ feed, partitions, ledger, scheduler })
    this.catchingUp = new CatchingUp(feed, partitions, ledger, this.carrier, scheduler)
  }

  /**
   * `null` where the ledger, if there is one, cannot follow the store.
   *
   * @throws HoldfastError `invalid-argument` where the store spreads SKUs: a ledger knows no buckets, and would take them
   * for one account
   */
  static between(store: object, ledger: object | undefined, scheduler: Scheduler): Chain | null {
    const links = ledger !== undefined && ledger !== store && 'feed' in store && 'carry' in ledger
    const { spread = [] } = store as Pick<ReservationStore, 'spread'>
    if (links && spread.length > 0) throw invalid('ledger', 'cannot follow a store that spreads SKUs')
    return links ? new Chain(store as FastStore, ledger as FollowingLedger, scheduler) : null
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
      const differences = await differencesBetween(this.store, this.ledger)
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
