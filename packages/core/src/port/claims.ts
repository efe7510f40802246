/** Where units of a SKU are counted: one (SKU, pool). Ids are 1–128 UTF-16 units, well-formed, compared byte for byte. */
export interface AccountKey {
  readonly sku: string
  readonly pool: string
}

/** A number of units of one account. In a list, accounts are distinct. */
export interface Units {
  readonly account: AccountKey
  /** Whole units, 1 to 1e9. */
  readonly quantity: number
}

/**
 * A claim on a purchase limit: as many uses of `counter` as the lines named hold units.
 * Uses follow the lines, so that a shrunk reservation gives back what it no longer uses.
 */
export interface LimitUse {
  /** The counter's name: rule, hash of the subject, scope and window. */
  readonly counter: string
  /** What follows the last `/` of the counter's name, where it is known: a store may look by it without reading the name. */
  readonly subject?: string | undefined
  /** Names of the same counter under older hash keys: read and added, never written. */
  readonly prior: readonly string[]
  /** Most uses that the counter may hold after this claim. */
  readonly max: number
  /** Indexes into the claims' `units`. */
  readonly lines: readonly number[]
  /** First instant of the counter's window, ms since the epoch, store's clock. */
  readonly from: number
  /** First instant after the window; `null` for a window without an end. */
  readonly to: number | null
}

/** An exclusive slot that a reservation keeps until it is paid, ended or due. */
export interface Guard {
  readonly name: string
  /** What follows the last `/` of the name, where it is known. */
  readonly subject?: string | undefined
  readonly prior: readonly string[]
}

/** The strikes that are asked before a reserve is granted, and where its own strike will be written. */
export interface RiskGate {
  /** Name of the strike record. */
  readonly strikes: string
  readonly prior: readonly string[]
  /** How long a strike counts, in ms after the last one. */
  readonly strikeMs: number
  /** Strikes from which an order is deferred (limits and guard claimed, no units); `null`: never. */
  readonly deferAt: number | null
  /** Strikes from which an order is refused; `null`: never. */
  readonly refuseAt: number | null
}

/** Two digests that tell a retry from another order under the same id. */
export interface Fingerprint {
  /** Digest of the buyer's user id. */
  readonly buyer: string
  /** Digest of the lines as the caller wrote them, summed and sorted. */
  readonly lines: string
}

/** What a reserve asks for: all of it or nothing is granted. */
export interface Claims {
  readonly fingerprint: Fingerprint
  readonly units: readonly Units[]
  readonly uses: readonly LimitUse[]
  /** Whether units past stock may be owed, up to the account's backorder limit. */
  readonly backorder: boolean
}

/** A row of the shop's own that is written in the same batch and commit (stores on SQL only). */
export interface TableRow {
  readonly table: string
  readonly values: Readonly<Record<string, unknown>>
}
