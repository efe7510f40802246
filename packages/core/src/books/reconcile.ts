import { HoldfastError } from '../errors.js'
import { homeAt } from '../partition/piece-names.js'
import type { Correct } from '../port/commands.js'
import type { ReservationStore } from '../port/reservation-store.js'
import { Books } from './books.js'
import { type LeftToPeople, type PlannedRepair, repairsOf } from './plan.js'

/** How long a plan may be reviewed, ms: a day, which the ids of its repairs must outlive. */
const VALID_FOR = 86_400_000
/** Most repairs sent to a store at once. */
const BATCH = 100

/** A repair, and where it is to be made. */
export interface Repair extends PlannedRepair {
  readonly partition: string
}

/** What an audit's findings call for. Plain data: it may be printed, kept as JSON, and applied by another process. */
export interface ReconciliationPlan {
  /** Latest instant at which it may be applied, ms since the epoch, store's clock. */
  readonly validUntil: number
  readonly repairs: readonly Repair[]
  /** What no repair is known for: a person decides. */
  readonly left: readonly LeftToPeople[]
}

export interface RepairOutcome {
  readonly id: string
  /**
   * `corrected`: made now. `already`: made before. `outdated`: what it was planned on is no longer so; nothing was
   * changed. `late`: the plan is no longer valid.
   */
  readonly outcome: 'corrected' | 'already' | 'outdated' | 'late'
}

export type ReconcileResult =
  | { readonly ok: true; readonly outcomes: readonly RepairOutcome[] }
  /** Some repairs were not made: plan again. */
  | { readonly ok: false; readonly reason: 'plan-outdated'; readonly outcomes: readonly RepairOutcome[] }

/** As much of a repair as is made. */
type Planned = Pick<Repair, 'id' | 'partition' | 'correction'>

/** Looks at one consistent state of each partition; changes nothing. */
export async function planReconciliation(store: ReservationStore): Promise<ReconciliationPlan> {
  const repairs: Repair[] = []
  const left: LeftToPeople[] = []
  let validUntil = Number.MAX_SAFE_INTEGER
  for (const partition of await store.partitions()) {
    const books = await store.snapshot(partition, Books.load)
    const planned = repairsOf(books.findings())
    repairs.push(...planned.repairs.map((repair) => ({ ...repair, partition })))
    left.push(...planned.left)
    validUntil = Math.min(validUntil, books.now + VALID_FOR)
  }
  return { validUntil, repairs, left }
}

/** Makes the plan's repairs, each once, whoever asks and however often. */
export async function reconcile(
  store: ReservationStore,
  plan: Pick<ReconciliationPlan, 'validUntil'> & { readonly repairs: readonly Planned[] },
): Promise<ReconcileResult> {
  const outcomes: RepairOutcome[] = []
  for (const partition of new Set(plan.repairs.map((repair) => repair.partition))) {
    const repairs = plan.repairs.filter((repair) => repair.partition === partition)
    for (let at = 0; at < repairs.length; at += BATCH) {
      outcomes.push(...(await make(store, partition, repairs.slice(at, at + BATCH), plan.validUntil)))
    }
  }
  const wasMade = ({ outcome }: RepairOutcome) => outcome === 'corrected' || outcome === 'already'
  if (outcomes.every(wasMade)) return { ok: true, outcomes }
  return { ok: false, reason: 'plan-outdated', outcomes }
}

async function make(
  store: ReservationStore,
  partition: string,
  repairs: readonly Planned[],
  notAfter: number,
): Promise<readonly RepairOutcome[]> {
  const home = homeAt({ partition, pieced: false }, 'reconciled')
  const commands = repairs.map(
    ({ id, correction }): Correct => ({ kind: 'correct', id, home, correction, notAfter }),
  )
  const applied = await store.apply(partition, null, commands)
  if (applied.kind !== 'applied')
    throw new HoldfastError('fenced', 'the store has no contents: rebuild it first')
  return repairs.map(({ id }, index) => {
    const kind = applied.outcomes[index]?.kind
    if (kind === 'corrected' || kind === 'already' || kind === 'outdated' || kind === 'late')
      return { id, outcome: kind }
    throw new HoldfastError('store-failed', `the store answered ${kind} to a correction`)
  })
}
