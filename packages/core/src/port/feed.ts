import { HoldfastError } from '../errors.js'
import type { AccountKey } from './claims.js'
import type { Rebuilding, TellsContents } from './rebuilding.js'
import type { KeptEvent } from './reservation-store.js'

/** Where a partition's history stands: how many batches have left something in it, in this epoch. */
export interface FeedPosition {
  readonly epoch: number
  readonly sequence: number
  /** Of the last of them: store's clock, ms since the epoch. */
  readonly at: number
}

/** The entry that a ledger carried last, told from another one at the same place. */
export interface CarriedPosition extends FeedPosition {
  readonly digest: string
}

/** What one batch of a partition did, as its store put it on record with the change. */
export interface FeedEntry extends CarriedPosition {
  readonly events: readonly KeptEvent[]
}

/**
 * The right to carry one partition's history on. It ends with its time, and what is asked by one that ended rejects with
 * `fenced`.
 */
export interface FeedLease {
  /** @throws HoldfastError `fenced` */
  renew(leaseMs: number): Promise<void>
  /**
   * The entries that follow `after`, in their order, of about so many events; none where there are no more now.
   *
   * @param after what was carried last, which must stand there still; `null`: nothing was carried yet
   * @throws HoldfastError `fenced`; `stream-gap`: what follows was lost, or `after` is not what was carried
   */
  read(after: CarriedPosition | null, events: number): Promise<readonly FeedEntry[]>
  /**
   * What lies before `carried` may be removed; itself it stays, so that the next lease finds it.
   *
   * @throws HoldfastError `fenced`
   */
  acknowledge(carried: CarriedPosition): Promise<void>
  /** Ends it, so that another need not wait for the lease. Never rejects because it was fenced. */
  release(): Promise<void>
}

/** The history of a fast store's partitions, to be carried on by one at a time each. */
export interface Feed {
  /** How far each of these partitions has come now; `null`: one is not there. */
  ends(partitions: readonly string[]): Promise<readonly (FeedPosition | null)[]>
  /**
   * The right to carry a partition, for `leaseMs` of the store's clock; `null` while another has it.
   *
   * @param owner names the carrier, for those who look into the store
   */
  lease(partition: string, owner: string, leaseMs: number): Promise<FeedLease | null>
}

/** A store whose history a ledger can follow. */
export interface KeepsFeed {
  readonly feed: Feed
  /**
   * How long it remembers an id after the end of its order, ms; absent: it keeps sold ones whole. What was carried it may keep as a
   * marker only.
   */
  readonly remembersForMs?: number
  /** Where what it has lost is given back to it. */
  readonly rebuilding: Rebuilding
}

/** The name under which a ledger keeps an account of one partition of the store that it follows. */
export type AccountNames = (account: AccountKey) => AccountKey

/** Where entries are carried to. */
export interface TakesEntries {
  /**
   * Makes in one transaction what these entries tell of, in their order, and puts on record how far it is. Those that were
   * carried before are passed over.
   *
   * @param names of the partition's accounts, where they are not to be kept under their own; what events and orders call
   * them stays as it is
   * @returns how far the partition is carried now
   * @throws HoldfastError `stream-gap`: they do not follow; `fenced`: they are of an epoch that is over
   */
  carry(partition: string, entries: readonly FeedEntry[], names?: AccountNames): Promise<CarriedPosition>
  /** How far each of these partitions is carried; `null`: nothing of it is. */
  carried(partitions: readonly string[]): Promise<readonly (CarriedPosition | null)[]>
}

/** A store that follows others: their history becomes its own. */
export interface CarriesFeeds extends TakesEntries, TellsContents {}

/**
 * Whether a ledger that was carried to `position` has what its store had come to at `end`.
 *
 * @throws HoldfastError `stream-gap`: the store has been further once, lost that, and went on from before; `fenced`: the
 *   store's epoch is over, or it was emptied: whatever it decided since is never carried
 */
export function isAtLeast(position: FeedPosition | null, end: FeedPosition | null): boolean {
  if (end === null)
    throw new HoldfastError('fenced', 'the store was emptied: what it had decided may be lost')
  if (end.sequence === 0) return true
  if (position === null || position.epoch < end.epoch) return false
  if (position.epoch > end.epoch)
    throw new HoldfastError('fenced', `the store's epoch ${end.epoch} is over: the ledger has begun another`)
  if (position.sequence < end.sequence) return false
  const isOfOne = position.sequence === end.sequence ? position.at === end.at : position.at >= end.at
  if (isOfOne) return true
  const place = `${end.epoch}-${end.sequence}`
  throw new HoldfastError(
    'stream-gap',
    `the store has written ${place} anew: what it had written there is lost`,
  )
}
