import type { HeldLine, KnownReservation } from '../machines/reservation/types.js'
import { isElsewhere, isPieceId, isWhole, pieceNamed } from '../partition/piece-names.js'
import type { Command, Release } from '../port/commands.js'
import type { Pieced } from '../port/pieced.js'
import { type Contents, NO_CONTENTS } from '../port/rebuilding.js'
import type { ReservationStore } from '../port/reservation-store.js'
import { byPartition, ofCounter, ofGuard, ofUnits } from './contents-by-partition.js'

type Claiming = Exclude<KnownReservation, { status: 'tombstoned' }>
interface Piece {
  readonly id: string
  readonly partition: string
  readonly state: Claiming
}
interface Whole {
  readonly id: string
  readonly state: Claiming
}

const NONE: readonly Piece[] = []

/**
 * Orders in pieces, among all that a ledger has: it has them whole, and their pieces, and not what their homes know of these.
 */
export class PiecedOrders {
  private readonly wholes: Whole[] = []
  private readonly pieces = new Map<string, Piece[]>()

  constructor(private readonly store: Pick<ReservationStore, 'partitionsOf'>) {}

  note({ reservations }: Contents): void {
    for (const one of reservations) {
      const { id, state } = one
      if (state.status === 'tombstoned') continue
      if (isPieceId(id)) this.notePiece(id, state)
      else if (isWhole(id, state.home)) this.wholes.push({ id, state })
    }
  }

  /** What their homes are to know. */
  get homes(): Contents['homes'] {
    return this.wholes.map((whole) => {
      const { id, state } = whole
      const pieces = this.piecesOf(whole).map(({ id: piece, partition, state: { lines } }) => ({
        ...{ id: piece, partition },
        lines: isOfUnits(lines) ? linesOf(state, lines) : null,
      }))
      return {
        ...{ id, home: state.home },
        record: { status: 'admitted', pieces, taking: null, strays: [], followed: 0, returns: [] } as const,
      }
    })
  }

  /**
   * What ends the orders that lack a piece in one of these partitions, where it was lost before it was carried: nobody was told
   * that they are paid.
   */
  endings(lost: ReadonlySet<string>): readonly Pieced[] {
    return this.wholes
      .filter((whole) => this.isShort(whole, lost))
      .map(({ id, state: { home } }): Pieced => {
        const command: Release = { kind: 'release', id, home, cause: 'rollback', reason: 'lost' }
        return { kind: 'pieced', id, home, step: { kind: 'settle', command } }
      })
  }

  private notePiece(id: string, state: Claiming): void {
    const order = pieceNamed(id)?.id ?? ''
    const part = { ...NO_CONTENTS, reservations: [{ id, state }] }
    const [partition = ''] = byPartition(this.store, part).keys()
    const known = this.pieces.get(order)
    if (known === undefined) this.pieces.set(order, [{ id, partition, state }])
    else known.push({ id, partition, state })
  }

  /** Those that hold what it has. Of several for one line, which attempts left, the last is its own. */
  private piecesOf({ id, state: { status } }: Whole): readonly Piece[] {
    const all = this.pieces.get(id) ?? NONE
    if (status !== 'held' && status !== 'deferred' && status !== 'confirmed') return all
    const held = all.filter(({ state }) => isHolding(state))
    const units = new Map<string, Piece>()
    const limits = new Map<string, Piece>()
    for (const piece of held) (isOfUnits(piece.state.lines) ? units : limits).set(piece.partition, piece)
    return status === 'deferred' ? [...limits.values()] : [...limits.values(), ...units.values()]
  }

  private isShort(whole: Whole, lost: ReadonlySet<string>): boolean {
    const { state } = whole
    if (!isHolding(state)) return false
    const pieces = this.piecesOf(whole)
    const lacks = (command: Command, isHeld: (state: Claiming) => boolean) => {
      const [partition = ''] = this.store.partitionsOf(command)
      return lost.has(partition) && !pieces.some((piece) => isHeld(piece.state))
    }
    const needsUnits = state.status !== 'deferred'
    return (
      (needsUnits &&
        state.lines.some(({ account, quantity }) => {
          const isOf = (line: HeldLine) => isSame(line, account)
          return quantity > 0 && lacks(ofUnits(account, state.home), ({ lines }) => lines.some(isOf))
        })) ||
      state.uses.some(({ counter }) =>
        lacks(ofCounter(counter), ({ uses }) => uses.some((use) => use.counter === counter)),
      ) ||
      state.guards.some((name) => lacks(ofGuard(name), ({ guards }) => guards.includes(name)))
    )
  }
}

function isHolding({ status }: Claiming): boolean {
  return status === 'held' || status === 'deferred' || status === 'confirmed'
}

function isOfUnits(lines: readonly HeldLine[]): boolean {
  return lines.some(({ account }) => !isElsewhere(account))
}

/** Which of the order's lines these are. */
function linesOf({ lines: all }: Claiming, lines: readonly HeldLine[]): readonly number[] {
  return all.flatMap(({ account }, at) => (lines.some((line) => isSame(line, account)) ? [at] : []))
}

function isSame({ account }: HeldLine, { sku, pool }: HeldLine['account']): boolean {
  return account.sku === sku && account.pool === pool
}
