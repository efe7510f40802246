import type { Answer } from '../coalescer/coalescer.js'
import { assess, type RiskAssessment } from '../machines/buyer-risk/decide.js'
import type { StrikeState } from '../machines/buyer-risk/types.js'
import { blocks } from '../machines/unpaid-order-guard/decide.js'
import { isPieceId, pieceNamed } from '../partition/piece-names.js'
import type { LimitUse } from '../port/claims.js'
import type { Reserve } from '../port/commands.js'
import type { Refusal } from '../port/outcomes.js'
import type { Page, ReservationStore } from '../port/reservation-store.js'
import { partitionOf } from './plan.js'

type UnpaidOrder = Extract<Refusal, { kind: 'unpaid-order' }>

/** Names of one partition. */
interface Names {
  readonly counters: Set<string>
  readonly guards: Set<string>
  readonly strikes: Set<string>
}

/** An order that keeps a guard under an older name. */
export interface HeldElsewhere {
  readonly partition: string
  readonly refusal: UnpaidOrder
}

/** What older names say. */
export interface Elsewhere {
  /** Whether the partition knows the id already: then what it says stands. */
  readonly isKnown: boolean
  readonly held: readonly HeldElsewhere[]
  /** `null`: no strikes. */
  readonly risk: RiskAssessment | null
  /** The partition's clock. */
  readonly now: number
  /** The reserve for its partition, which counts what is used elsewhere by a smaller maximum. */
  readonly command: Reserve
  /** The partition's answer to it in terms of the order. */
  asAsked(answer: Answer): Answer
}

/**
 * Limits, guards and strikes go by hashed names, and after a hash key's rotation the older name may lie in another
 * partition than the one of now. It is read there and added, never written: nothing is counted under it any more, so
 * that what it says can only become less until the order is admitted.
 */
export class OlderNames {
  constructor(private readonly store: Pick<ReservationStore, 'read' | 'partitionsOf'>) {}

  /** `null`: all names of the reserve lie in its partition, as they do but for some weeks after a rotation. */
  async elsewhere(partition: string, command: Reserve): Promise<Elsewhere | null> {
    const names = this.namesElsewhere(partition, command)
    if (names.size === 0) return null
    const own = { counters: [], guards: [], strikes: command.risk === null ? [] : [command.risk.strikes] }
    const [here, ...pages] = await Promise.all([
      this.read(partition, own, [command.id]),
      ...[...names].map(([where, { counters, guards, strikes }]) =>
        this.read(where, { counters: [...counters], guards: [...guards], strikes: [...strikes] }, []),
      ),
    ])
    const uses = usedElsewhere(command, pages)
    // Each page's strikes end by the clock of its partition.
    const records = [here, ...pages].flatMap((page) =>
      page.strikes.map(({ state }) => later(state, here.now - page.now)),
    )
    return {
      isKnown: here.reservations.length > 0,
      held: [...names.keys()].flatMap((where, n) => holders(where, pages[n] as Page, command)),
      risk: riskOf(command, pages, records, here.now),
      now: here.now,
      command: uses.some((used) => used > 0) ? narrowed(command, uses) : command,
      asAsked: (answer) => widened(answer, command, uses),
    }
  }

  private namesElsewhere(partition: string, command: Reserve): ReadonlyMap<string, Names> {
    const { claims, guards, risk } = command
    const found = new Map<string, Names>()
    const note = (kind: keyof Names, name: string, claim: Partial<Reserve>) => {
      const where = partitionOf(claim, command, this.store)
      if (where === partition) return
      let names = found.get(where)
      if (names === undefined) {
        names = { counters: new Set(), guards: new Set(), strikes: new Set() }
        found.set(where, names)
      }
      names[kind].add(name)
    }
    for (const use of claims.uses) {
      for (const name of use.prior)
        note('counters', name, {
          claims: { ...claims, units: [], uses: [{ ...use, counter: name, prior: [] }] },
        })
    }
    for (const guard of guards) {
      for (const name of guard.prior) note('guards', name, { guards: [{ name, prior: [] }] })
    }
    for (const strikes of risk?.prior ?? [])
      if (risk !== null) note('strikes', strikes, { risk: { ...risk, strikes, prior: [] } })
    return found
  }

  private read(
    partition: string,
    names: Readonly<Record<keyof Names, readonly string[]>>,
    reservations: readonly string[],
  ): Promise<Page> {
    return this.store.read(partition, { kind: 'keys', accounts: [], reservations, ...names })
  }
}

/** By use, in the order of the claims. */
function usedElsewhere({ claims }: Reserve, pages: readonly Page[]): readonly number[] {
  const used = new Map(pages.flatMap(({ counters }) => counters.map((one) => [one.name, one.used])))
  return claims.uses.map(({ prior }) => prior.reduce((sum, name) => sum + (used.get(name) ?? 0), 0))
}

/** Each partition judges by its own clock which guards are due. A guard of the order's own pieces is its own. */
function holders(partition: string, { guards, now }: Page, { id }: Reserve): readonly HeldElsewhere[] {
  const own = orderOf(id)
  return guards.flatMap(({ name, state }) => {
    const guard = state.status === 'open' ? state : undefined
    if (!blocks(guard, id, now) || orderOf(guard.id) === own) return []
    const refusal: UnpaidOrder = {
      kind: 'unpaid-order',
      guard: name,
      id: guard.id,
      expiresAt: guard.expiresAt,
    }
    return [{ partition, refusal }]
  })
}

function orderOf(id: string): string {
  return isPieceId(id) ? (pieceNamed(id)?.id ?? id) : id
}

function riskOf(
  { risk }: Reserve,
  pages: readonly Page[],
  records: readonly StrikeState[],
  now: number,
): RiskAssessment | null {
  return risk === null || pages.every(({ strikes }) => strikes.length === 0)
    ? null
    : assess(risk, records, now)
}

function later(state: StrikeState, ms: number): StrikeState {
  const { tag, until } = state
  const ends = tag === null || tag.until === null ? tag : { ...tag, until: tag.until + ms }
  return { ...state, until: until + ms, tag: ends }
}

function narrowed(command: Reserve, used: readonly number[]): Reserve {
  const { claims } = command
  const uses = claims.uses.map((use, n) => ({ ...use, max: Math.max(0, use.max - (used[n] ?? 0)) }))
  return { ...command, claims: { ...claims, uses } }
}

function widened(answer: Answer, { claims }: Reserve, used: readonly number[]): Answer {
  const { outcome } = answer
  if (outcome.kind !== 'purchase-limit') return answer
  const { max } = claims.uses[outcome.use] as LimitUse
  return { ...answer, outcome: { ...outcome, max, used: outcome.used + (used[outcome.use] ?? 0) } }
}
