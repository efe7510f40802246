import { NO_EVENTS } from '../machines/decider.js'
import type { Granted, GrantedUse } from '../port/events.js'

/** What grants of alike orders have in common: in a sale nearly all are alike, and share it. */
interface Likeness {
  readonly stock: Granted['stock']
  readonly lines: Granted['lines']
  /** Digest of the lines as they were written. */
  readonly written: string
  /** The use, but for the counter's name. */
  readonly use: Omit<GrantedUse, 'counter'> | null
  readonly backorder: boolean
  readonly holdMs: number
  readonly maxHoldMs: number
}

/**
 * A grant as a store in memory keeps it: 8 objects instead of 20, and half of the memory. History, deadlines, guards
 * and the reservation itself share it. Whoever looks gets an event made of it.
 */
export class KeptGrant {
  private constructor(
    private readonly like: Likeness,
    readonly id: string,
    readonly at: number,
    private readonly home: string,
    private readonly buyer: string,
    private readonly counter: string | null,
    private readonly guard: string | null,
    private readonly data: string | null,
  ) {}

  /** `null` for a grant of more than one limit or guard, or with a strike: its event is kept. */
  static of(event: Granted, before: KeptGrant | null): KeptGrant | null {
    const { uses, guards, strike, version } = event
    if (uses.length > 1 || guards.length > 1 || strike !== null || version !== 1) return null
    const like = before !== null && isAlike(before.like, event) ? before.like : likenessOf(event)
    const { id, at, home, data } = event
    return new KeptGrant(
      like,
      id,
      at,
      home,
      event.fingerprint.buyer,
      uses[0]?.counter ?? null,
      guards[0] ?? null,
      data,
    )
  }

  get expiresAt(): number {
    return this.at + this.like.holdMs
  }

  /** Equal to the event that it was made of. */
  get event(): Granted {
    const { like, counter, guard } = this
    return {
      aggregate: 'reservation',
      id: this.id,
      version: 1,
      at: this.at,
      type: 'granted',
      home: this.home,
      stock: like.stock,
      fingerprint: { buyer: this.buyer, lines: like.written },
      lines: like.lines,
      uses: like.use === null || counter === null ? NO_EVENTS : [{ counter, ...like.use }],
      guards: guard === null ? NO_EVENTS : [guard],
      strike: null,
      backorder: like.backorder,
      expiresAt: this.expiresAt,
      maxExpiresAt: this.at + like.maxHoldMs,
      data: this.data,
    }
  }
}

function likenessOf(event: Granted): Likeness {
  const { stock, lines, fingerprint, uses, backorder, at, expiresAt, maxExpiresAt } = event
  const [use] = uses
  return {
    stock,
    lines,
    written: fingerprint.lines,
    use:
      use === undefined ? null : { prior: use.prior, quantity: use.quantity, max: use.max, lines: use.lines },
    backorder,
    holdMs: expiresAt - at,
    maxHoldMs: maxExpiresAt - at,
  }
}

/** Lists are compared by identity: those of alike orders are the policy's own, and shared. */
function isAlike(like: Likeness, event: Granted): boolean {
  const [use] = event.uses
  return (
    event.lines === like.lines &&
    event.fingerprint.lines === like.written &&
    event.stock === like.stock &&
    event.backorder === like.backorder &&
    event.expiresAt - event.at === like.holdMs &&
    event.maxExpiresAt - event.at === like.maxHoldMs &&
    (use === undefined ? like.use === null : isAlikeUse(like.use, use))
  )
}

function isAlikeUse(like: Likeness['use'], use: GrantedUse): boolean {
  return (
    like !== null &&
    use.lines === like.lines &&
    use.prior === like.prior &&
    use.quantity === like.quantity &&
    use.max === like.max
  )
}
