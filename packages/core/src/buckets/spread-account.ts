import { VAULT } from '../partition/bucket-names.js'
import type { Submit } from '../pieced/homes.js'
import type { AccountKey } from '../port/claims.js'
import type { ReservationStore } from '../port/reservation-store.js'
import { BucketTransfers, type Carried, type InFlight, inFlightOf, type Move } from './bucket-transfers.js'
import { type Bucket, type Look, Lookout } from './look.js'
import { broughtHome, evened, type Levels, movesFor, toppedUp, totalOf, type Want } from './moves.js'
import { type Found, Rounds } from './rounds.js'

/** What was found in all buckets for somebody who was short of units in one. */
export interface Pulled {
  /** They are there now, or were: worth asking again. */
  readonly isThere: boolean
  /** Units in all buckets and between them, as they were seen. */
  readonly total: number
  /** Whether every bucket could be looked into: otherwise that there are none is not known. */
  readonly isCertain: boolean
}

/** Resolves with `null` where the promise takes too long, or rejects. */
export type InTime = <Value>(promise: Promise<Value>) => Promise<Value | null>

/** One account, whose units lie in a bucket in each partition. */
export class SpreadAccount {
  readonly transfers: BucketTransfers
  private readonly lookout: Lookout
  private readonly pulls: Rounds<Pulled>

  constructor(
    store: Pick<ReservationStore, 'read'>,
    submit: Submit,
    partitions: readonly string[],
    account: AccountKey,
    private readonly inTime: InTime,
    carried: Carried | null,
    /** Units that a bucket is given out of the vault; `null`: there is none. */
    private readonly chunk: number | null,
  ) {
    this.transfers = new BucketTransfers(account, submit, carried)
    this.lookout = new Lookout(store, partitions, account, inTime)
    this.pulls = new Rounds((wants) => this.pull(wants))
  }

  look(): Promise<Look> {
    return this.lookout.look()
  }

  /** Brings units that somebody waits for from other buckets, for all who wait together. */
  pulled(want: Want): Promise<Pulled> {
    return this.pulls.join(want)
  }

  /** Evens the buckets out where one is poor. */
  async evenOut(): Promise<void> {
    const { buckets, isComplete } = await this.look()
    if (isComplete) await this.moved(this.evened(buckets), buckets)
  }

  private evened(buckets: readonly Bucket[]): readonly Move[] {
    const levels = levelsOf(buckets)
    if (this.chunk === null) return evened(levels)
    return buckets.some(isOver) ? broughtHome(levels) : toppedUp(levels, this.chunk)
  }

  /**
   * Finishes what was seen in flight, and evens out; what was leased goes home when its sale has closed. With less than one
   * unit for each bucket nothing is even: whoever is short pulls them. Returns how many transfers were made to even out.
   */
  async rebalance({ buckets, isComplete }: Look): Promise<number> {
    const found = inFlightOf(buckets)
    await this.finished(found)
    const levels = levelsOf(buckets)
    // What was in flight is part of the next look.
    if (!isComplete || found.length > 0) return 0
    if (this.chunk === null && totalOf(levels) < levels.size) return 0
    return this.moved(this.evened(buckets), buckets)
  }

  private async pull(wants: readonly Want[]): Promise<Found<Pulled>> {
    const { buckets, isComplete } = await this.look()
    const levels = levelsOf(buckets)
    const found = inFlightOf(buckets)
    const isWanted = ({ to }: InFlight) => wants.some(({ partition }) => partition === to)
    let finished = await this.finish(found.filter(isWanted), levels)
    // Whoever began the others is likely to be at it: they are waited for only where nothing else is left.
    if (totalOf(levels) < wants.reduce((sum, { quantity }) => sum + quantity, 0))
      finished =
        (await this.finish(
          found.filter((one) => !isWanted(one)),
          levels,
        )) && finished
    const { moves, served } = movesFor(levels, wants, this.chunk)
    await this.moved(moves, buckets)
    const total = totalOf(levels)
    const isCertain = isComplete && finished
    return (want) => ({ isThere: served.has(want), total, isCertain })
  }

  /** Whether all were; `levels` are raised by them. */
  private async finish(found: readonly InFlight[], levels: Map<string, number>): Promise<boolean> {
    const finished = await this.finished(found)
    for (const { to, units } of finished) levels.set(to, (levels.get(to) ?? 0) + units)
    return finished.size === found.length
  }

  private async finished(found: readonly InFlight[]): Promise<ReadonlySet<InFlight>> {
    const done = await Promise.all(found.map((one) => this.inTime(this.transfers.finish(one))))
    return new Set(found.filter((_, index) => done[index] !== null))
  }

  /** What cannot be moved now, or only in part, is found by who needs it, or by a worker. */
  private async moved(moves: readonly Move[], buckets: readonly Bucket[]): Promise<number> {
    const transitOf = ({ from, to }: Move) =>
      buckets.find(({ partition }) => partition === from)?.transits.get(to)
    const done = await Promise.all(
      moves.map((move) => this.inTime(this.transfers.move(move, transitOf(move)))),
    )
    return done.filter((units) => units !== null && units > 0).length
  }
}

/** Whether its sale has closed. The vault is in none. */
function isOver({ partition, account: { closesAt }, now }: Bucket): boolean {
  return partition !== VAULT && closesAt !== null && now >= closesAt
}

function levelsOf(buckets: readonly Bucket[]): Map<string, number> & Levels {
  return new Map(buckets.map(({ partition, account }) => [partition, sellable(account)]))
}

function sellable({ available, backordered }: Bucket['account']): number {
  return Math.max(0, available - backordered)
}
