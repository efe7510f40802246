import { NO_EVENTS } from '../machines/decider.js'
import type { PiecedOrderState } from '../machines/pieced-order/types.js'
import { sameAccount } from '../machines/reservation/decision.js'
import { returnMovementOf } from '../machines/reservation/return-units.js'
import type { ReservationContext, Taken } from '../machines/reservation/types.js'
import type { AccountKey } from '../port/claims.js'
import type { GrantedLine } from '../port/events.js'
import type { InsufficientStock, PurchaseLimitReached } from '../port/outcomes.js'

/** What the pieces got of a payment's units: the lines as they took them, or why they did not. */
type Got = readonly GrantedLine[] | PurchaseLimitReached | InsufficientStock

/** What lies beside an order as a whole: not what its partition holds, but what its pieces were given. */
export class WholeContext implements ReservationContext {
  constructor(
    private readonly id: string,
    private readonly record: PiecedOrderState,
    readonly now: number,
    private readonly got: Got = NO_EVENTS,
  ) {}

  admit(): never {
    throw new Error('an order in pieces is admitted by its record')
  }

  take(): Taken | InsufficientStock {
    const { got } = this
    // Uses were claimed with the order: a payment that only takes units meets no limit.
    if ('kind' in got)
      return got.kind === 'insufficient-stock' ? got : { kind: 'insufficient-stock', short: [] }
    return { kind: 'taken', lines: got, uses: NO_EVENTS }
  }

  retake({ uses }: Parameters<ReservationContext['retake']>[0]): ReturnType<ReservationContext['retake']> {
    const { got } = this
    return 'kind' in got ? got : { kind: 'taken', lines: got, uses }
  }

  movement(account: AccountKey, movement: string): string | undefined {
    if (this.record.status !== 'admitted') return undefined
    const known = this.record.returns.find(
      (one) => one.movement === movement && one.units.some((units) => sameAccount(units.account, account)),
    )
    if (known === undefined) return undefined
    const { units: lines, restock: restocked, giveBackUses: usesGivenBack } = known
    return returnMovementOf({ id: this.id, lines, restocked, usesGivenBack })
  }
}
