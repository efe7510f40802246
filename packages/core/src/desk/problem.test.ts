import { describe, expect, it } from 'vitest'
import type { CampaignResult } from './campaigns.js'
import type { ResumeResult, RollBackResult } from './compensations.js'
import type { NotPlaced } from './place-results.js'
import { type RefusedResult, toProblem } from './problem.js'
import type { CancelResult, PaymentResult, RefundResult, ReturnResult, ShrinkResult } from './settling.js'
import { openShop, orderOf } from './shop.test-support.js'
import type { ConfigureResult, SupplyResult, TransferResult } from './stocking.js'
import type { SubmitResult, TicketResult } from './tickets.js'

/** Every refusal that the desk's methods can answer: a new reason without a row here is a type error. */
type Refused = Extract<
  | NotPlaced
  | SubmitResult
  | TicketResult
  | PaymentResult
  | RefundResult
  | CancelResult
  | ShrinkResult
  | ReturnResult
  | SupplyResult
  | TransferResult
  | ConfigureResult
  | RollBackResult
  | ResumeResult
  | CampaignResult,
  { readonly ok: false }
>
type Reason = Refused['reason']
type Row = readonly [refused: Refused, status: number, fields: Record<string, unknown>]

const id = 'o1'
const account = { sku: 'PHONE', pool: 'default' }
const instant = new Date(Date.UTC(2026, 5, 1, 10))
const iso = '2026-06-01T10:00:00.000Z'
const ok = false

const rows: Record<Reason, Row> = {
  'id-reused': [{ ok, id, reason: 'id-reused', differs: ['lines'] }, 409, { id, differs: ['lines'] }],
  tombstoned: [{ ok, id, reason: 'tombstoned' }, 409, { id }],
  'order-ended': [
    { ok, id, reason: 'order-ended', status: 'expired' },
    409,
    { id, currentStatus: 'expired' },
  ],
  late: [{ ok, id, reason: 'late' }, 409, { id }],
  'pool-not-served': [
    { ok, id, reason: 'pool-not-served', region: 'moon', served: ['eu'] },
    409,
    { id, region: 'moon', served: ['eu'] },
  ],
  'account-unknown': [
    { ok, id, reason: 'account-unknown', accounts: [account] },
    404,
    { id, accounts: [account] },
  ],
  'sale-not-open': [
    { ok, id, reason: 'sale-not-open', ...account, opensAt: instant },
    409,
    { id, ...account, opensAt: iso },
  ],
  'sale-closed': [
    { ok, id, reason: 'sale-closed', ...account, closedAt: instant },
    409,
    { id, ...account, closedAt: iso },
  ],
  'buyer-refused': [
    { ok, id, reason: 'buyer-refused', strikes: 3, until: null },
    403,
    { id, strikes: 3, until: null },
  ],
  'unpaid-order': [
    { ok, id, reason: 'unpaid-order', orderId: 'o0', payBy: instant, scope: 'shop', sku: null },
    409,
    { id, orderId: 'o0', payBy: iso, scope: 'shop', sku: null },
  ],
  'purchase-limit': [
    {
      ok,
      id,
      reason: 'purchase-limit',
      limit: 'two',
      per: 'user',
      scope: 'sku',
      sku: 'PHONE',
      max: 2,
      used: 1,
      requested: 2,
    },
    409,
    { id, limit: 'two', per: 'user', scope: 'sku', sku: 'PHONE', max: 2, used: 1, requested: 2 },
  ],
  'insufficient-stock': [
    {
      ok,
      id,
      reason: 'insufficient-stock',
      lines: [{ ...account, requested: 2, available: 1 }],
      exact: true,
    },
    409,
    { id, lines: [{ ...account, requested: 2, available: 1 }], exact: true },
  ],
  'refund-required': [
    { ok, id, reason: 'refund-required', why: { reason: 'released' } },
    409,
    { id, why: { reason: 'released' } },
  ],
  'unknown-order': [{ ok, id, reason: 'unknown-order' }, 404, { id }],
  'unknown-ticket': [{ ok, reason: 'unknown-ticket' }, 404, {}],
  'unknown-campaign': [{ ok, reason: 'unknown-campaign' }, 404, {}],
  already: [{ ok, id, reason: 'already', status: 'paid' }, 409, { id, currentStatus: 'paid' }],
  'not-paid': [{ ok, id, reason: 'not-paid', status: 'queued' }, 409, { id, currentStatus: 'queued' }],
  'refund-differs': [{ ok, id, reason: 'refund-differs', refundId: 'r1' }, 409, { id, refundId: 'r1' }],
  exceeds: [{ ok, id, reason: 'exceeds', ...account, held: 1 }, 409, { id, ...account, held: 1 }],
  overflow: [{ ok, id, reason: 'overflow' }, 422, { id }],
  'not-parked': [{ ok, id, reason: 'not-parked' }, 409, { id }],
}

describe('a refusal as a problem of RFC 9457', () => {
  it.each(Object.entries(rows))('%s', (reason, [refused, status, fields]) => {
    const problem = toProblem(refused)
    expect(problem).toEqual({ type: `urn:holdfast:${reason}`, title: expect.any(String), status, ...fields })
    // It is what will be sent: nothing of it changes on the way.
    expect(JSON.parse(JSON.stringify(problem))).toEqual(problem)
    expect(problem.title).not.toBe('Refused')
    expect(problem.title).not.toMatch(/[_{}]|urn:/)
  })

  it('has a type, a title and a status for reasons that later versions may bring', () => {
    for (const reason of ['something-new', 'constructor', '__proto__']) {
      const later: RefusedResult = { ok: false, reason }
      expect(toProblem(later)).toEqual({ type: `urn:holdfast:${reason}`, title: 'Refused', status: 409 })
    }
  })

  it('tells nobody’s secrets: no counter’s name, no digest', async () => {
    const limits = [{ id: 'one', per: 'phone', scope: 'shop', max: 1 } as const]
    const { desk, stock } = await openShop({ limits }, { hashKeys: [{ id: 'k', secret: 'x'.repeat(16) }] })
    await stock('PHONE', 9)
    const order = orderOf('o1', 'ada', 'PHONE', 2)
    const placed = await desk.place({ ...order, buyer: { user: 'ada', phone: '+49 30 1234567' } })
    if (placed.ok) throw new Error('it was placed')
    expect(toProblem(placed)).toEqual({
      type: 'urn:holdfast:purchase-limit',
      title: 'The purchase limit is reached',
      status: 409,
      id: 'o1',
      limit: 'one',
      per: 'phone',
      scope: 'shop',
      sku: null,
      max: 1,
      used: 0,
      requested: 2,
    })
  })
})
