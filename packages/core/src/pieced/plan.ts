import { digest } from '../identity/digest.js'
import { lineElsewhere, pieceId } from '../partition/piece-names.js'
import type { Claims, LimitUse } from '../port/claims.js'
import type { Reserve } from '../port/commands.js'
import type { Attempt, Piece } from '../port/pieced.js'
import type { ReservationStore } from '../port/reservation-store.js'

/** A piece with the command that reserves it. */
export interface PlannedPiece {
  readonly piece: Piece
  readonly reserve: Reserve
  /** Positions of its uses in the order's claims. */
  readonly uses: readonly number[]
}

/** An order's claims, cut along the partitions in which they lie. */
export interface Plan {
  readonly attempt: Attempt
  readonly pieces: readonly PlannedPiece[]
}

/** How long a piece is reserved before its home is asked about it, ms. */
const PIECE_HOLD_MS = 15_000
/** A piece is extended as often as its order lives on: a hundred years, ms. */
const FOR_EVER_MS = 3_155_760_000_000
/** A piece that comes late is given back by the word of its home: clocks of several nodes are never compared. */
const NEVER_LATE = Number.MAX_SAFE_INTEGER

/** What lies in one partition. */
interface Share {
  readonly partition: string
  readonly units: number[]
  readonly uses: number[]
  readonly guards: Reserve['guards'][number][]
  risk: Reserve['risk']
}

/**
 * Cuts an order into pieces: limits, guards and strikes first, then units, each in the order of their partitions; the
 * buyer's risk before all, as it tells whether units are taken.
 */
export function planOf(command: Reserve, token: string, store: Pick<ReservationStore, 'partitionsOf'>): Plan {
  const shares = [...sharesOf(command, store).values()].sort((one, other) =>
    one.partition < other.partition ? -1 : 1,
  )
  const atRisk = shares.filter(({ risk }) => risk !== null)
  const limiting = shares.filter(
    ({ uses, guards, risk }) => risk === null && (uses.length > 0 || guards.length > 0),
  )
  const stocking = shares.filter(({ units }) => units.length > 0)
  const cuts = [
    ...[...atRisk, ...limiting].map((share) => limitsOf(command, share, token)),
    ...stocking.map((share) => unitsOf(command, share)),
  ]
  const pieces = cuts.map(({ partition, uses, lines, claims, guards, risk }, n): PlannedPiece => {
    const id = pieceId({ token, n, home: command.home, id: command.id })
    return {
      piece: { id, partition, lines },
      uses,
      reserve: {
        ...command,
        id,
        claims: { ...claims, fingerprint: command.claims.fingerprint },
        refuse: null,
        guards,
        risk,
        stock: 'take',
        notAfter: NEVER_LATE,
        holdMs: PIECE_HOLD_MS,
        maxHoldMs: FOR_EVER_MS,
        data: null,
        rows: null,
      },
    }
  })
  const plan = digest(JSON.stringify([shares, command.claims, command.stock, command.holdMs, command.data]))
  return { attempt: { token, plan, pieces: pieces.map(({ piece }) => piece) }, pieces }
}

interface Cut extends Pick<Reserve, 'guards' | 'risk'> {
  readonly partition: string
  readonly lines: readonly number[] | null
  readonly uses: readonly number[]
  readonly claims: Omit<Claims, 'fingerprint'>
}

function limitsOf({ claims }: Reserve, share: Share, token: string): Cut {
  const { partition, uses, guards, risk } = share
  const units = claims.units.map(({ quantity }, line) => ({ account: lineElsewhere(token, line), quantity }))
  const counted = uses.map((use) => claims.uses[use] as LimitUse)
  return { partition, lines: null, uses, claims: { units, uses: counted, backorder: false }, guards, risk }
}

function unitsOf({ claims }: Reserve, { partition, units: lines }: Share): Cut {
  const units = claims.units.filter((_, line) => lines.includes(line))
  const { backorder } = claims
  return { partition, lines, uses: [], claims: { units, uses: [], backorder }, guards: [], risk: null }
}

/**
 * Where the order is at home: beside the units of its first line. There its id is found again whatever else it claims
 * by then: rules, pools and the names under a hash key change, what was asked for does not.
 */
export function ownPartition(command: Reserve, store: Pick<ReservationStore, 'partitionsOf'>): string {
  const { claims } = command
  const first = { ...claims, units: claims.units.slice(0, 1), uses: [] }
  return partitionOf({ claims: first }, command, store)
}

/** Where the store keeps this claim of the order's alone. */
export function partitionOf(
  claim: Partial<Reserve>,
  command: Reserve,
  store: Pick<ReservationStore, 'partitionsOf'>,
): string {
  const claims = { ...command.claims, units: [], uses: [] }
  const [partition = ''] = store.partitionsOf({ ...command, claims, guards: [], risk: null, ...claim })
  return partition
}

/** Asks the store of each claim by itself where it lies. */
function sharesOf(
  command: Reserve,
  store: Pick<ReservationStore, 'partitionsOf'>,
): ReadonlyMap<string, Share> {
  const { claims, guards, risk } = command
  const none = { ...claims, units: [], uses: [] }
  const shares = new Map<string, Share>()
  const shareAt = (claim: Partial<Reserve>): Share => {
    const partition = partitionOf(claim, command, store)
    const share = shares.get(partition) ?? { partition, units: [], uses: [], guards: [], risk: null }
    shares.set(partition, share)
    return share
  }
  claims.units.forEach((unit, line) => {
    if (unit.quantity > 0) shareAt({ claims: { ...none, units: [unit] } }).units.push(line)
  })
  claims.uses.forEach((use, position) => {
    shareAt({ claims: { ...none, uses: [use] } }).uses.push(position)
  })
  for (const guard of guards) shareAt({ guards: [guard] }).guards.push(guard)
  if (risk !== null) shareAt({ risk }).risk = risk
  return shares
}
