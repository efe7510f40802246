import type { Call } from '../coalescer/coalescer.js'
import { HoldfastError } from '../errors.js'
import { unreachable } from '../machines/decider.js'
import { openAttempt } from '../machines/pieced-order/index.js'
import type { AdmittedOrder } from '../machines/pieced-order/types.js'
import { sameAccount } from '../machines/reservation/decision.js'
import type { KnownReservation } from '../machines/reservation/types.js'
import { lineElsewhere, pieceNamed } from '../partition/piece-names.js'
import type { Units } from '../port/claims.js'
import type { ReservationCommand } from '../port/commands.js'
import type { Outcome } from '../port/outcomes.js'
import type { Piece } from '../port/pieced.js'
import type { ReservationStore } from '../port/reservation-store.js'
import { type OrderAtHome, type Standing, type Submit, stepAt } from './homes.js'
import { readReservation } from './read-reservation.js'

/** A piece is asked about so long after its order's deadline: by then its home has usually said it, ms. */
const AFTER_THE_DEADLINE_MS = 1_000

type Whole = Exclude<KnownReservation, { status: 'tombstoned' }>

/** Brings pieces to what their home says. Every step may be repeated, by any process, in any order. */
export class Following {
  constructor(
    private readonly store: Pick<ReservationStore, 'read'>,
    private readonly submit: Submit,
  ) {}

  /**
   * Gives strays back and brings pieces up to the order's version. Whether that was done; what is left is found by a
   * sweep, so that nobody needs to be told.
   */
  async follow(standing: Standing, call: Call): Promise<boolean> {
    const { record, order } = standing
    if (record.status === 'absent') return true
    if (record.status === 'pending') return false
    const { strays } = record
    const version = order.status === 'absent' ? 0 : order.version
    const isBehind = record.status === 'admitted' && record.followed < version
    if (!isBehind && strays.length === 0) return true
    const jobs = strays.map((stray) => this.giveBack(stray, standing, call))
    if (isBehind) jobs.push(...record.pieces.map((piece) => this.bring(piece, standing, call)))
    const done = await Promise.allSettled(jobs)
    if (done.some(({ status }) => status === 'rejected')) return false
    const step = { kind: 'followed', version, strays: strays.map(({ id }) => id) } as const
    return stepAt(this.submit, standing, step, call).then(yes, no)
  }

  /** The same for an order that was left alone: an attempt that nobody decided ends here. */
  async goOn(order: OrderAtHome, call: Call): Promise<boolean> {
    return this.follow(await this.decided(order, call), call)
  }

  /** Asks the home of a due piece, and does what it says. Whether the piece was given back. */
  async ask(id: string, partition: string, call: Call): Promise<boolean> {
    const name = pieceNamed(id)
    if (name === null) return false
    const looked = await stepAt(this.submit, name, { kind: 'look' }, call)
    // Asking an undecided home writes "aborted": clocks of several nodes are never compared.
    const isUndecided = openAttempt(looked.record)?.token === name.token
    const standing = isUndecided ? await this.abort(looked, name.token, call) : looked
    const { record, order } = standing
    const own = record.status === 'admitted' ? record.pieces.find((piece) => piece.id === id) : undefined
    if (own === undefined) await this.giveBack({ id, partition, lines: null }, standing, call)
    else await this.bring(own, standing, call)
    await this.follow(standing, call)
    return own === undefined || (order.status !== 'held' && order.status !== 'deferred')
  }

  /** Has a piece that was given units tell its home what it is still owed. */
  async tell(id: string, partition: string, call: Call): Promise<void> {
    const name = pieceNamed(id)
    if (name === null) return
    const { state } = await readReservation(this.store, partition, id)
    if (state?.status === 'held' || state?.status === 'confirmed') {
      for (const { account, owed } of state.lines) {
        const step = { kind: 'filled', piece: id, account, owedLeft: owed } as const
        const { record } = await stepAt(this.submit, name, step, call)
        // Its home cannot tell yet whether this is a piece of the order's: it will be told again.
        if (openAttempt(record)?.token === name.token) return
      }
    }
    const version = state === null || state.status === 'absent' ? 0 : state.version
    const step = { kind: 'told', version } as const
    await this.submit(partition, { kind: 'pieced', id, home: name.home, step }, call)
  }

  abort(standing: OrderAtHome, token: string, call: Call): Promise<Standing> {
    return stepAt(this.submit, standing, { kind: 'abort', token, refusal: null }, call)
  }

  private async decided(order: OrderAtHome, call: Call): Promise<Standing> {
    const looked = await stepAt(this.submit, order, { kind: 'look' }, call)
    const open = openAttempt(looked.record)
    return open === null ? looked : this.abort(looked, open.token, call)
  }

  /** Of whatever attempt it is: unknown, it will be refused when it comes. */
  private async giveBack({ id, partition }: Piece, { home }: OrderAtHome, call: Call): Promise<void> {
    await this.submit(partition, { kind: 'release', id, home, cause: 'seller', reason: null }, call)
  }

  private async bring(piece: Piece, standing: Standing, call: Call): Promise<void> {
    const { home, record, order } = standing
    if (record.status !== 'admitted' || order.status === 'absent') return
    if (order.status === 'tombstoned') return this.giveBack(piece, standing, call)
    for (const command of commandsFor({ ...piece, home }, record, order, standing.now)) {
      const { outcome } = await this.submit(piece.partition, command, call)
      if (!isBrought(command, outcome))
        throw new HoldfastError('store-failed', `a piece answered ${command.kind} with ${outcome.kind}`)
    }
  }
}

interface At extends Piece {
  readonly home: string
}

/** What makes a piece of the order what it is to be, whatever it has missed. */
function commandsFor(
  piece: At,
  record: AdmittedOrder,
  order: Whole,
  now: number,
): readonly ReservationCommand[] {
  const { id, home } = piece
  switch (order.status) {
    case 'held':
    case 'deferred': {
      const holdMs = Math.max(0, order.expiresAt - now) + AFTER_THE_DEADLINE_MS
      const extend = { kind: 'extend', id, home, holdMs } as const
      return order.version === 1 ? [extend] : [shrinkOf(piece, order), extend]
    }
    case 'confirmed': {
      const confirm = { kind: 'confirm', id, home, payment: order.payment, retake: null } as const
      const returns = returnsOf(piece, record, order)
      // Followed up to the version before, it has nothing else to make up for.
      const isUpToDate = record.followed === order.version - 1
      return isUpToDate ? [confirm, ...returns] : [shrinkOf(piece, order), confirm, ...returns]
    }
    case 'released':
      return [{ kind: 'release', id, home, cause: order.cause, reason: order.reason }]
    case 'expired':
      // By the word of its home, with the buyer's strike: the piece that keeps it writes it.
      return [{ kind: 'release', id, home, cause: 'buyer', reason: 'expired' }]
    case 'refund-required':
      // A payment that met an order rolled back: its pieces may still be paid.
      return [{ kind: 'release', id, home, cause: 'rollback', reason: 'refund-required' }]
    default:
      return unreachable(order)
  }
}

function shrinkOf(piece: At, order: Whole): ReservationCommand {
  const keep = own(piece, order, (line) => order.lines[line]?.quantity ?? 0)
  return { kind: 'shrink', id: piece.id, home: piece.home, keep }
}

function returnsOf(piece: At, { returns }: AdmittedOrder, order: Whole): readonly ReservationCommand[] {
  const { id, home } = piece
  return returns.flatMap(({ movement, units, restock, giveBackUses }) => {
    const returned = own(piece, order, (line) => {
      const account = order.lines[line]?.account
      return units.find((one) => account !== undefined && sameAccount(one.account, account))?.quantity ?? 0
    })
    // Uses come back where they are counted, units where they lie.
    if (returned.length === 0 || (piece.lines === null && !giveBackUses)) return []
    return [{ kind: 'return', id, home, movement, units: returned, restock, giveBackUses } as const]
  })
}

/** The piece's share of so many units by line, those without any left out. */
function own(piece: Piece, order: Whole, quantityOf: (line: number) => number): readonly Units[] {
  const token = pieceNamed(piece.id)?.token ?? ''
  return order.lines.flatMap(({ account }, line) => {
    const quantity = quantityOf(line)
    if (quantity === 0 || (piece.lines !== null && !piece.lines.includes(line))) return []
    return [{ account: piece.lines === null ? lineElsewhere(token, line) : account, quantity }]
  })
}

/** Whether the piece is at least as far as the command brings it. */
function isBrought(command: ReservationCommand, outcome: Outcome): boolean {
  switch (command.kind) {
    case 'confirm':
      return outcome.kind === 'confirmed' || (outcome.kind === 'already' && outcome.status === 'confirmed')
    case 'release':
      return outcome.kind === 'released' || outcome.kind === 'already' || outcome.kind === 'tombstoned'
    default:
      // What has ended is neither shrunk nor extended, and smaller it may be already.
      return true
  }
}

function yes(): boolean {
  return true
}

function no(): boolean {
  return false
}
