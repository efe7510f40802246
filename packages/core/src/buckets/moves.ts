import { VAULT } from '../partition/bucket-names.js'
import type { Move } from './bucket-transfers.js'

/** Units that somebody waits for in a partition. */
export interface Want {
  readonly partition: string
  readonly quantity: number
}

/** Units that can be had in each bucket. */
export type Levels = ReadonlyMap<string, number>

/**
 * What is to be moved so that those who wait can be given their units, and which of them can: the first ones, for as many
 * units as there are in all. A bucket that is short is brought up to the mean where others have more than that, so that
 * the next who come there need not wait; what its buyers wait for is taken from the richest, to the last unit.
 *
 * @param chunk what a bucket is given out of the vault, instead, if there is so much; `null`: there is no vault
 */
export function movesFor(
  levels: Levels,
  wants: readonly Want[],
  chunk: number | null = null,
): { readonly moves: readonly Move[]; readonly served: ReadonlySet<Want> } {
  const total = totalOf(levels)
  const served = new Set<Want>()
  const needs = new Map<string, number>()
  let left = total
  for (const want of wants) {
    if (want.quantity > left) continue
    left -= want.quantity
    served.add(want)
    needs.set(want.partition, (needs.get(want.partition) ?? 0) + want.quantity)
  }
  const mean = Math.floor(total / levels.size)
  const moves = new Moves(levels)
  for (const [to, need] of needs) {
    if (moves.level(to) >= need) continue
    const needed = (from: string) => needs.get(from) ?? 0
    if (chunk === null) moves.fill(to, Math.max(need, mean), (from) => Math.max(mean, needed(from)))
    else if (to !== VAULT) moves.fill(to, Math.max(need, chunk), ofVault(needed))
    moves.fill(to, need, (from) => needs.get(from) ?? 0)
  }
  return { moves: moves.made(), served }
}

/** What gives a chunk out of the vault to each bucket that has less than half of one. */
export function toppedUp(levels: Levels, chunk: number): readonly Move[] {
  const moves = new Moves(levels)
  const poorestFirst = [...levels].sort(([, one], [, other]) => one - other)
  for (const [to, level] of poorestFirst)
    if (to !== VAULT && level * 2 < chunk)
      moves.fill(
        to,
        chunk,
        ofVault(() => 0),
      )
  return moves.made()
}

/** What brings all units home into the vault. */
export function broughtHome(levels: Levels): readonly Move[] {
  const leased = [...levels].filter(([from, quantity]) => from !== VAULT && quantity > 0)
  return leased.map(([from, quantity]) => ({ from, to: VAULT, quantity }))
}

/** Nobody gives any but the vault, which keeps so many. */
function ofVault(keep: (from: string) => number): (from: string) => number {
  return (from) => (from === VAULT ? keep(from) : Number.POSITIVE_INFINITY)
}

/** What makes all buckets even; nothing while the poorest has half of the mean. */
export function evened(levels: Levels): readonly Move[] {
  const total = totalOf(levels)
  const poorest = Math.min(...levels.values())
  if (poorest * 2 * levels.size >= total) return []
  const mean = Math.floor(total / levels.size)
  const moves = new Moves(levels)
  const poorestFirst = [...levels].sort(([, one], [, other]) => one - other)
  // Units over go one each to those that have the most already.
  const one = (position: number) => (position >= levels.size - (total % levels.size) ? 1 : 0)
  const targets = new Map(poorestFirst.map(([partition], position) => [partition, mean + one(position)]))
  for (const [to, target] of targets) moves.fill(to, target, (from) => targets.get(from) ?? 0)
  return moves.made()
}

export function totalOf(levels: Levels): number {
  return [...levels.values()].reduce((sum, level) => sum + level, 0)
}

/** Moves under way of being planned, one for each pair of buckets. */
class Moves {
  private readonly levels: Map<string, number>
  private readonly quantities = new Map<string, Move>()

  constructor(levels: Levels) {
    this.levels = new Map(levels)
  }

  level(partition: string): number {
    return this.levels.get(partition) ?? 0
  }

  /** Fills a bucket up to `target` from the richest, none of which gives what it is to keep. */
  fill(to: string, target: number, keep: (from: string) => number): void {
    for (const from of this.richestFirst()) {
      const quantity = Math.min(target - this.level(to), this.level(from) - keep(from))
      if (from === to || quantity <= 0) continue
      const key = `${from}/${to}`
      const before = this.quantities.get(key)?.quantity ?? 0
      this.quantities.set(key, { from, to, quantity: before + quantity })
      this.levels.set(from, this.level(from) - quantity)
      this.levels.set(to, this.level(to) + quantity)
    }
  }

  made(): readonly Move[] {
    return [...this.quantities.values()]
  }

  private richestFirst(): readonly string[] {
    return [...this.levels].sort(([, one], [, other]) => other - one).map(([partition]) => partition)
  }
}
