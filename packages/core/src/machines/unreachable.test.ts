import { describe, expect, it } from 'vitest'
import * as risk from './buyer-risk/index.js'
import * as campaign from './campaign/index.js'
import * as compensation from './compensation/index.js'
import { unreachable } from './decider.js'
import * as order from './order/index.js'
import * as limit from './purchase-limit/index.js'
import * as reservation from './reservation/index.js'
import * as stock from './stock-account/index.js'
import * as guard from './unpaid-order-guard/index.js'

/** What no compiler lets through, as a store of another version might hold it. */
const nonsense = { kind: 'nonsense', type: 'nonsense', id: 'o', order: 'o', version: 2, at: 0 } as never
const known = { status: 'required', id: 'o', order: 'o', done: [] } as never
const account = stock.initialState({ sku: 'A', pool: 'default' })

const switches: readonly (readonly [name: string, decide: () => unknown])[] = [
  ['risk: a command', () => risk.decide(nonsense, risk.initialState())],
  ['risk: an event', () => risk.evolve(risk.initialState(), nonsense)],
  ['campaign: a command', () => campaign.decide(nonsense, { status: 'scheduled' } as never, 0)],
  ['compensation: a command', () => compensation.decide(nonsense, known, 0)],
  ['order: a command', () => order.decide(nonsense, null, 0, false)],
  [
    'order: an event of its reservation',
    () => order.project(nonsense, { status: 'held', lines: [] } as never, known),
  ],
  ['limit: a command', () => limit.decide(nonsense, limit.initialState())],
  ['limit: an event', () => limit.evolve(limit.initialState(), nonsense)],
  ['reservation: a command', () => reservation.decide(nonsense, { status: 'held' } as never, {} as never)],
  ['stock: a command', () => stock.decide(nonsense, account)],
  ['stock: an event', () => stock.evolve(account, nonsense)],
  ['guard: a command', () => guard.decide(nonsense, guard.initialState())],
  ['guard: an event', () => guard.evolve(guard.initialState(), nonsense)],
]

describe('what cannot be is broken, never passed over', () => {
  it.each(switches)('%s', (_name, decide) => {
    expect(decide).toThrow(/^unreachable: \{.*"nonsense"/)
  })

  it('and is told in full', () => {
    expect(() => unreachable('what' as never)).toThrow('unreachable: "what"')
  })
})
