import { HoldfastError, isHoldfastError } from '../errors.js'
import { invalid } from '../input/parse.js'
import { Rest } from '../messages/rest.js'
import type { Command } from '../port/commands.js'
import type { FeedPosition } from '../port/feed.js'
import { type Contents, NO_CONTENTS } from '../port/rebuilding.js'
import type { Scheduler } from '../scheduler.js'
import type { FastStore, FollowingLedger } from './chain.js'
import { byPartition } from './contents-by-partition.js'
import { PiecedOrders } from './pieced-orders.js'

/** A partition, what was found between its store and its ledger, and what rebuilding it would lose. */
export interface PartitionToRebuild {
  readonly partition: string
  /**
   * `emptied`: the store has nothing there, or a rebuild of it has not come to its end. `other-epoch`: what is there is of
   * another epoch than the ledger's. `gap`: it is of the same one, and older than what the ledger has, or went another way since.
   * `followed`: nothing is amiss.
   */
  readonly found: 'emptied' | 'other-epoch' | 'gap' | 'followed'
  /** How far the ledger has it; `null`: it has nothing. */
  readonly carried: FeedPosition | null
  /** How far the store has it; `null`: it has nothing. */
  readonly end: FeedPosition | null
  /**
   * Batches that the store still has and the ledger will not: orders that were placed in them are gone, and none of them was
   * acknowledged as paid. `null`: nobody can tell.
   */
  readonly lost: number | null
  /** The epoch that would begin. */
  readonly epoch: number
}

/** What would make a fast store again what its ledger has. Plain data: it may be printed, and made by another process. */
export interface RebuildPlan {
  readonly partitions: readonly PartitionToRebuild[]
}

export interface RebuildOutcome {
  readonly partition: string
  /** `outdated`: it is not as it was planned on any more, or somebody else rebuilds it. */
  readonly outcome: 'rebuilt' | 'outdated'
}

export type RebuildResult =
  | { readonly ok: true; readonly outcomes: readonly RebuildOutcome[] }
  /** Some partitions were not rebuilt: plan again. */
  | { readonly ok: false; readonly reason: 'plan-outdated'; readonly outcomes: readonly RebuildOutcome[] }

/** As much of a plan as is made. */
type Planned = Pick<PartitionToRebuild, 'partition' | 'carried' | 'end' | 'epoch'>

interface Begun {
  readonly epoch: number
  readonly at: number
}

/** Most commands of one batch. */
const BATCH = 100
/** For so long a partition's history is looked into, ms. */
const LEASE_MS = 5_000
/** Who carries a partition on keeps it; who is halted has it for a moment alone: it is asked for so many times. */
const TIMES_ASKED = 3
/** How long between, ms. */
const ASKED_EVERY = 100

/** A store, and the ledger that it is made of again. */
export class Rebuild {
  constructor(
    private readonly store: FastStore,
    private readonly ledger: FollowingLedger,
    private readonly scheduler: Scheduler,
  ) {}

  /** Looks at each partition, and changes nothing. `evenIfFollowed`: those too with which nothing is amiss. */
  async plan(evenIfFollowed: boolean): Promise<RebuildPlan> {
    const names = await this.store.partitions()
    const ends = await this.store.feed.ends(names)
    const carried = await this.ledger.carried(names)
    const all = await Promise.all(
      names.map((name, at) => this.look(name, carried[at] ?? null, ends[at] ?? null)),
    )
    return { partitions: all.filter(({ found }) => evenIfFollowed || found !== 'followed') }
  }

  /**
   * Ends the planned partitions' epochs, then empties, loads and opens them under new ones, all from one instant of the ledger. Of
   * several who do so at once one comes through; where it dies, another plan begins anew.
   *
   * @throws what the store or the ledger failed with: plan again
   */
  async make(planned: readonly Planned[]): Promise<RebuildResult> {
    const partitions = await this.store.partitions()
    for (const { partition } of planned)
      if (!partitions.includes(partition)) throw invalid('plan.partitions', `there is no ${partition}`)
    const begun = new Map<string, Begun>()
    for (const one of planned) await this.unlessFenced(begun, one.partition, () => this.begin(one, begun))
    if (begun.size > 0) await this.fill(begun)
    const outcomes = planned.map(
      ({ partition }): RebuildOutcome => ({
        partition,
        outcome: begun.has(partition) ? 'rebuilt' : 'outdated',
      }),
    )
    if (begun.size === planned.length) return { ok: true, outcomes }
    return { ok: false, reason: 'plan-outdated', outcomes }
  }

  private async look(
    partition: string,
    carried: FeedPosition | null,
    end: FeedPosition | null,
  ): Promise<PartitionToRebuild> {
    const found = await this.found(partition, end)
    const epoch = Math.max(carried?.epoch ?? 0, end?.epoch ?? 0) + 1
    return { partition, found, carried: placeOf(carried), end, lost: lostOf(found, carried, end), epoch }
  }

  private async found(partition: string, end: FeedPosition | null): Promise<PartitionToRebuild['found']> {
    if (end === null) return 'emptied'
    for (let asked = 1; ; asked++) {
      const lease = await this.store.feed.lease(partition, 'rebuild', LEASE_MS)
      if (lease === null) {
        if (asked === TIMES_ASKED) return 'followed'
        await new Rest(this.scheduler).take(ASKED_EVERY)
        continue
      }
      try {
        const [carried = null] = await this.ledger.carried([partition])
        if (carried !== null && carried.epoch !== end.epoch) return 'other-epoch'
        await lease.read(carried, 1)
        return 'followed'
      } catch (error) {
        if (isHoldfastError(error, 'stream-gap')) return 'gap'
        throw error
      } finally {
        await lease.release()
      }
    }
  }

  private async begin({ partition, carried, end, epoch }: Planned, begun: Map<string, Begun>): Promise<void> {
    const { store, ledger } = this
    const [now = null] = await store.feed.ends([partition])
    if (now?.epoch !== end?.epoch) return
    const position = await ledger.raiseEpoch(partition, carried?.epoch ?? null, epoch)
    if (position === null) return
    await store.rebuilding.begin(partition, epoch)
    begun.set(partition, position)
  }

  /** Orders whose pieces are lost are ended before what lacks them is opened, wherever their home is open by then. */
  private async fill(begun: Map<string, Begun>): Promise<void> {
    const { store, ledger } = this
    const lost = new Set(begun.keys())
    const pieced = new PiecedOrders(store)
    await ledger.contents(async (part) => {
      if (store.capabilities.partitions === 'many') pieced.note(part)
      await this.load(begun, part)
    })
    await this.load(begun, { ...NO_CONTENTS, homes: pieced.homes })
    const endings = pieced.endings(lost)
    for (const home of await store.partitions()) if (!lost.has(home)) await this.end(home, endings)
    for (const [partition, { epoch, at }] of begun)
      await this.unlessFenced(begun, partition, async () => {
        await store.rebuilding.open(partition, epoch, at)
        await this.end(partition, endings)
      })
  }

  private async load(begun: Map<string, Begun>, part: Contents): Promise<void> {
    const { store } = this
    for (const [partition, own] of byPartition(store, part)) {
      const { epoch } = begun.get(partition) ?? {}
      if (epoch === undefined) continue
      await this.unlessFenced(begun, partition, () => store.rebuilding.load(partition, epoch, own))
    }
  }

  /** Those of the orders that are at home here. */
  private async end(home: string, endings: readonly Command[]): Promise<void> {
    const commands = endings.filter((command) => this.store.partitionsOf(command)[0] === home)
    for (let at = 0; at < commands.length; at += BATCH) {
      const { kind } = await this.store.apply(home, null, commands.slice(at, at + BATCH))
      if (kind === 'fenced')
        throw new HoldfastError('fenced', `partition ${home} was lost meanwhile: plan again`)
    }
  }

  /** Another has begun since: it is not ours any more. */
  private async unlessFenced(
    begun: Map<string, unknown>,
    partition: string,
    what: () => Promise<void>,
  ): Promise<void> {
    try {
      await what()
    } catch (error) {
      if (!isHoldfastError(error, 'fenced')) throw error
      begun.delete(partition)
    }
  }
}

function lostOf(
  found: PartitionToRebuild['found'],
  carried: FeedPosition | null,
  end: FeedPosition | null,
): number | null {
  if (found === 'followed') return (end?.sequence ?? 0) - (carried?.sequence ?? 0)
  // Nothing of an epoch that the ledger has not begun was ever carried.
  if (found === 'other-epoch' && (end?.epoch ?? 0) > (carried?.epoch ?? 0)) return end?.sequence ?? 0
  return null
}

function placeOf(position: FeedPosition | null): FeedPosition | null {
  if (position === null) return null
  const { epoch, sequence, at } = position
  return { epoch, sequence, at }
}
