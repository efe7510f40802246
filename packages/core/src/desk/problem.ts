/** A refusal of any method of the desk. */
export interface RefusedResult {
  readonly ok: false
  readonly reason: string
}

/** RFC 9457: what an HTTP interface answers, as `application/problem+json`. */
export interface Problem {
  /** Names the kind of problem: `urn:holdfast:insufficient-stock`. */
  readonly type: string
  /** A short line for people, the same for every problem of the type. */
  readonly title: string
  /** The HTTP status that fits. */
  readonly status: number
  /** The refusal's own fields: which line, how many are left, which order is unpaid. */
  readonly [field: string]: unknown
}

const TITLES: ReadonlyMap<string, readonly [status: number, title: string]> = new Map(
  Object.entries({
    'id-reused': [409, 'This id stands for something else'],
    tombstoned: [409, 'This order was cancelled before it came'],
    'order-ended': [409, 'The order of this id has ended'],
    late: [409, 'The order came too late'],
    'pool-not-served': [409, 'This region is not served'],
    'account-unknown': [404, 'Nothing of this is sold here'],
    'sale-not-open': [409, 'The sale has not opened yet'],
    'sale-closed': [409, 'The sale is closed'],
    'buyer-refused': [403, 'Too many orders were left unpaid'],
    'unpaid-order': [409, 'Another order is to be paid first'],
    'purchase-limit': [409, 'The purchase limit is reached'],
    'insufficient-stock': [409, 'Not enough is left'],
    'refund-required': [409, 'The payment must be given back'],
    'unknown-order': [404, 'No order stands under this id'],
    'unknown-ticket': [404, 'No ticket stands under this id'],
    'unknown-campaign': [404, 'No campaign stands under this id'],
    already: [409, 'It is settled already'],
    'not-paid': [409, 'The order is not paid'],
    'refund-differs': [409, 'Another refund stands on this order'],
    exceeds: [409, 'The order holds fewer units'],
    overflow: [422, 'More units than can be counted'],
    'not-parked': [409, 'It waits for nobody'],
    'plan-outdated': [409, 'What was planned on has changed'],
  }),
)

/**
 * A refusal as an RFC 9457 problem: `res.status(problem.status).type('application/problem+json').json(problem)`.
 * Instants are ISO 8601 texts, so that the object is what will be sent.
 */
export function toProblem(refused: RefusedResult): Problem {
  const { ok: _, reason, ...fields } = refused
  const [status, title] = TITLES.get(reason) ?? [409, 'Refused']
  const told: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    // A refusal's own `status` is of an order or a campaign; a problem's is HTTP's.
    told[name === 'status' ? 'currentStatus' : name] = value instanceof Date ? value.toISOString() : value
  }
  return { type: `urn:holdfast:${reason}`, title, status, ...told }
}
