import type { Answer } from '../coalescer/coalescer.js'
import { HoldfastError } from '../errors.js'
import { clearId, creditId, debitId, OPENED, transitTo } from '../partition/bucket-names.js'
import type { Submit } from '../pieced/homes.js'
import type { AccountKey } from '../port/claims.js'
import type { Supply, Transfer } from '../port/commands.js'
import type { Bucket, Transit } from './look.js'

/** Units to be moved from one bucket to another. */
export interface Move {
  readonly from: string
  readonly to: string
  readonly quantity: number
}

/** Units found in flight. */
export interface InFlight extends Transit {
  readonly from: string
  readonly to: string
}

/** Resolves once the ledger has all that the partition has done so far. */
export type Carried = (partition: string) => Promise<void>

/** How long a step of a transfer waits for its partition, ms: what is not done by then is found and finished. */
const STEP_MS = 2_000
/** What the ledger says of each step, as of a transfer between pools. */
const CAUSE = 'transfer'

/**
 * Moves units of one account between its buckets, in three steps, each a movement of supply that happens once:
 *
 * 1. debit: from the bucket into the account beside it that leads to the other one, in one batch;
 * 2. credit: into the other bucket;
 * 3. clear: out of the account that led there.
 *
 * Whoever dies in between leaves units in an account that leads somewhere, and its version, which names the transfer:
 * anyone who reads these can do the steps left, and several at once do them once.
 *
 * Where a ledger follows, it has each step before the next one is taken: a partition that loses what was not carried yet, and
 * is rebuilt from the ledger, has then neither units that it had given away, nor given away what nobody got.
 */
export class BucketTransfers {
  constructor(
    private readonly account: AccountKey,
    private readonly submit: Submit,
    private readonly carried: Carried | null,
  ) {}

  /** Units brought; none where they were gone, or others are moving some the same way. */
  async move({ from, to, quantity }: Move, transit: Transit | undefined): Promise<number> {
    if (transit !== undefined && transit.units > 0) return 0
    const version = transit?.version ?? (await this.openedTransit(from, to))
    const debit = {
      kind: 'transfer',
      movement: debitId(to, version),
      from: this.account,
      to: transitTo(this.account, to),
      quantity,
    } as const
    const { outcome, epoch } = await this.sent(from, debit)
    switch (outcome.kind) {
      case 'transferred':
      case 'replayed-movement':
        await this.deliver({ from, to, units: quantity, version: version + 1 }, epoch)
        return quantity
      case 'insufficient-stock':
      case 'id-reused':
        return 0
      default:
        throw failed(debit, outcome.kind)
    }
  }

  /** Does what is left of a transfer whose units are in flight. */
  async finish(found: InFlight): Promise<number> {
    const { from, to } = found
    // Created long ago: the answer tells the epoch.
    const { epoch } = await this.supplied(from, OPENED, transitTo(this.account, to), 0)
    await this.deliver(found, epoch)
    return found.units
  }

  /** Creates the bucket of a partition. */
  async open(partition: string): Promise<void> {
    await this.supplied(partition, OPENED, this.account, 0)
  }

  /** The version of a new account. */
  private async openedTransit(from: string, to: string): Promise<number> {
    await this.supplied(from, OPENED, transitTo(this.account, to), 0)
    return 1
  }

  private async deliver({ from, to, units, version }: InFlight, epoch: number): Promise<void> {
    await this.carried?.(from)
    // Versions go on where a partition was rebuilt, under another epoch: a transfer is to be known by the same name.
    const movement = creditId(from, this.carried === null ? epoch : 0, version)
    await this.supplied(to, movement, this.account, units)
    await this.carried?.(to)
    await this.supplied(from, clearId(version), transitTo(this.account, to), -units)
  }

  private async supplied(
    partition: string,
    movement: string,
    account: AccountKey,
    delta: number,
  ): Promise<Answer> {
    const command = { kind: 'supply', movement, account, delta, cause: CAUSE } as const
    const answer = await this.sent(partition, command)
    const { kind } = answer.outcome
    if (kind === 'supplied' || kind === 'replayed-movement') return answer
    throw failed(command, kind)
  }

  private sent(partition: string, command: Supply | Transfer): Promise<Answer> {
    return this.submit(partition, command, { deadlineMs: STEP_MS })
  }
}

/** What is in flight from these buckets. */
export function inFlightOf(buckets: readonly Bucket[]): readonly InFlight[] {
  return buckets.flatMap(({ partition: from, transits }) =>
    [...transits].flatMap(([to, transit]) => (transit.units > 0 ? [{ from, to, ...transit }] : [])),
  )
}

function failed({ kind }: Supply | Transfer, outcome: string): HoldfastError {
  return new HoldfastError('store-failed', `the store answered ${kind} between buckets with ${outcome}`)
}
