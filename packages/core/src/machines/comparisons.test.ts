import { describe, expect, it } from 'vitest'
import { assess } from './buyer-risk/decide.js'
import * as risk from './buyer-risk/index.js'
import * as campaign from './campaign/index.js'
import type { CampaignCommand, CampaignItem } from './campaign/types.js'
import * as order from './order/index.js'
import type { RolledBackOrder } from './order/types.js'
import * as stock from './stock-account/index.js'
import * as guard from './unpaid-order-guard/index.js'

// Two things are the same only if every part of them is: one part at a time differs here.

const ITEM: CampaignItem = { sku: 'A', pool: 'sale', backorderLimit: 1 }
const PLAN = { kind: 'schedule', id: 'c', opensAt: 10, closesAt: 20, items: [ITEM] } as const

describe('a campaign that is scheduled again', () => {
  const { events } = campaign.decide(PLAN, null, 0)
  const state = events.reduce<ReturnType<typeof campaign.evolve>>(campaign.evolve, null)

  it.each<[string, Partial<CampaignCommand>, string]>([
    ['the same', {}, 'already'],
    ['opens at another time', { opensAt: 11 }, 'id-reused'],
    ['closes at another time', { closesAt: 21 }, 'id-reused'],
    ['sells another SKU', { items: [{ ...ITEM, sku: 'B' }] }, 'id-reused'],
    ['sells from another pool', { items: [{ ...ITEM, pool: 'B' }] }, 'id-reused'],
    ['may owe more', { items: [{ ...ITEM, backorderLimit: 2 }] }, 'id-reused'],
    ['sells one more', { items: [ITEM, { ...ITEM, sku: 'B' }] }, 'id-reused'],
    ['sells nothing', { items: [] }, 'id-reused'],
  ])('%s', (_, change, kind) => {
    expect(campaign.decide({ ...PLAN, ...change } as CampaignCommand, state, 0).outcome.kind).toBe(kind)
  })
})

describe('settings of an account under the version that stands', () => {
  const settings = { kind: 'configure', version: 1, opensAt: 10, closesAt: 20, backorderLimit: 3 } as const
  const configured = () => {
    const account = stock.initialState({ sku: 'A', pool: 'default' })
    for (const event of stock.decide(settings, account).events) stock.evolve(account, event)
    return account
  }

  it.each([
    ['the same', {}, 'configured'],
    ['opening at another time', { opensAt: 11 }, 'stale-version'],
    ['closing at another time', { closesAt: 21 }, 'stale-version'],
    ['owing more', { backorderLimit: 4 }, 'stale-version'],
  ])('%s', (_, change, kind) => {
    expect(stock.decide({ ...settings, ...change }, configured())).toMatchObject({
      events: [],
      outcome: { kind },
    })
  })

  it('what is owed is not taken', () => {
    const account = { ...configured(), available: 1, supplied: 1 }
    expect(stock.decide({ kind: 'take', quantity: 3, backorder: true }, account)).toEqual({
      events: [{ type: 'taken', quantity: 1, owed: 2 }],
      outcome: { kind: 'taken', owed: 2 },
    })
  })
})

describe('what is known of a buyer', () => {
  const gate = { strikes: 's', prior: [], strikeMs: 1, deferAt: null, refuseAt: 2 }
  const struck = (until: number) => ({ count: 1, until, tag: null })

  it.each([
    [[struck(10), struck(30), struck(20)]],
    [[struck(30), struck(10), struck(20)]],
    [[struck(20), struck(10), struck(30)]],
  ])('counts until the last of all strikes lapses: %j', (records) => {
    expect(assess(gate, records, 0)).toEqual({ effect: 'refuse', strikes: 3, until: 30 })
  })

  it('a strike that has lapsed tells no time', () => {
    expect(assess(gate, [struck(5), struck(30)], 10)).toMatchObject({ strikes: 1, until: 30 })
    expect(assess(gate, [struck(5)], 10)).toMatchObject({ strikes: 0, until: null })
  })

  it.each([
    ['the same tag', { effect: 'refuse', until: 9 }, 'unchanged'],
    ['another effect', { effect: 'none', until: 9 }, 'tagged'],
    ['another end', { effect: 'refuse', until: 8 }, 'tagged'],
    ['no end', { effect: 'refuse', until: null }, 'tagged'],
    ['no tag', null, 'tagged'],
  ] as const)('%s', (_, tag, kind) => {
    const state = { count: 0, until: 0, tag: { effect: 'refuse', until: 9 } as const }
    expect(risk.decide({ kind: 'tag', tag }, state).outcome.kind).toBe(kind)
  })
})

describe('a guard that is free', () => {
  it.each([
    ['extend', { kind: 'extend', id: 'o', expiresAt: 5 }],
    ['free', { kind: 'free', id: 'o' }],
  ] as const)('is nobody’s to %s', (_, command) => {
    const free = { status: 'free', id: 'o' } as never
    expect(guard.decide(command, free)).toEqual({ events: [], outcome: { kind: 'not-own' } })
  })
})

describe('a refund of an order that was rolled back', () => {
  it('is told as required first, since its units were released', () => {
    const state = { status: 'rolled-back', id: 'o', version: 4, payment: 'paid' } as RolledBackOrder
    expect(order.decide({ kind: 'refund', id: 'o', refund: 'back' }, state, 7, false)).toMatchObject({
      events: [
        { type: 'refund-required', version: 5, at: 7, payment: 'paid', why: { kind: 'released' } },
        { type: 'refunded', version: 6, at: 7, refund: 'back' },
      ],
      outcome: { kind: 'refunded' },
    })
  })
})
