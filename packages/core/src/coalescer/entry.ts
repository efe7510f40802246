import type { Command } from '../port/commands.js'
import type { Outcome } from '../port/outcomes.js'
import type { AbortWatch } from './abort-watch.js'
import type { Flight } from './flight.js'
import type { Teller } from './teller.js'

/** A command's outcome, with the store's clock at which its batch was decided and the epoch of the store's contents. */
export interface Answer {
  readonly outcome: Outcome
  /** Store's clock, ms since the epoch. */
  readonly now: number
  readonly epoch: number
}

/**
 * Where a command stands. `waiting`: taken into a batch, but nothing of it can have been written (not handed over yet,
 * or refused as a whole). `finished`: no longer with the store. `dropped`: left the queue without having been sent.
 */
export type Standing = 'queued' | 'waiting' | 'sent' | 'finished' | 'dropped'

let resolveNext: (told: unknown) => void
let rejectNext: (error: Error) => void

/** One for all promises, so that no closure is made for each. */
function keepSettlers(resolve: (told: unknown) => void, reject: (error: Error) => void): void {
  resolveNext = resolve
  rejectNext = reject
}

/** A command with its caller: mutable, one allocation beside the promise. */
export class Entry {
  standing: Standing = 'queued'
  /** Whether the caller still waits; one that gave up on a sent command has its answer before the store's. */
  open = true
  /** An entry of the same key before this one, which may have to be waited for. */
  after: Entry | null = null
  /** Whether another entry of the same key came after this one. */
  followed = false
  /** The batch that took it. */
  flight: Flight | null = null
  abort: AbortWatch | null = null
  readonly claims: number
  readonly key: string | null
  /** The answer, or what the teller makes of it. */
  readonly promise: Promise<unknown>
  private readonly resolve: (told: unknown) => void
  private readonly reject: (error: Error) => void

  constructor(
    readonly command: Command,
    /** By the scheduler's clock. */
    readonly deadline: number,
    private readonly teller: Teller<unknown> | null = null,
  ) {
    this.claims = claimsOf(command)
    this.key = keyOf(command)
    this.promise = new Promise<unknown>(keepSettlers)
    this.resolve = resolveNext
    this.reject = rejectNext
  }

  /** The reservation's id; undefined for a command about none. */
  get id(): string | undefined {
    return 'id' in this.command ? this.command.id : undefined
  }

  answer(outcome: Outcome, now: number, epoch: number): void {
    if (!this.open) return
    this.close()
    const answer: Answer = { outcome, now, epoch }
    if (this.teller === null) this.resolve(answer)
    else this.tell(this.teller, answer)
  }

  fail(error: Error): void {
    if (!this.open) return
    this.close()
    this.reject(this.teller === null ? error : this.teller.failed(error))
  }

  private tell(teller: Teller<unknown>, answer: Answer): void {
    try {
      this.resolve(teller.tell(answer))
    } catch (error) {
      this.reject(error as Error)
    }
  }

  private close(): void {
    this.open = false
    if (this.abort !== null) this.abort.stop()
  }
}

/** What a batch is cut by besides its commands: units, uses, guards and rows, as the command names them. */
export function claimsOf(command: Command): number {
  switch (command.kind) {
    case 'reserve': {
      const { claims, guards, rows } = command
      return claims.units.length + claims.uses.length + guards.length + (rows === null ? 0 : rows.length)
    }
    case 'confirm':
      return command.retake === null ? 0 : command.retake.units.length + command.retake.uses.length
    case 'shrink':
      return command.keep.length
    case 'return':
      return command.units.length
    case 'transfer':
      return 2
    case 'supply':
      return 1
    default:
      return 0
  }
}

/**
 * What keeps its order: commands of one reservation, of one movement, words on one buyer, settings of one account.
 * Two kinds of name that look alike only make one command wait for the other. A return goes by its reservation alone.
 */
export function keyOf(command: Command): string | null {
  switch (command.kind) {
    case 'supply':
    case 'transfer':
      return command.movement
    case 'judge':
      return command.strikes
    case 'configure':
      return `${command.account.sku}\0${command.account.pool}`
    case 'sweep':
    case 'fill':
      return null
    default:
      return command.id
  }
}
