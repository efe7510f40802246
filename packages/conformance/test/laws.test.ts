import type { LedgerEntry, StoreEvent } from '@holdfast/core/adapter'
import { describe, expect, test } from 'vitest'
import { START } from '../src/kit/virtual-clock.js'
import { assertLaws, type Evidence } from '../src/laws/laws.js'
import { Reference } from '../src/reference/reference.js'
import {
  configure,
  confirm,
  gate,
  guard,
  HOLD_MS,
  release,
  reserve,
  supply,
  units,
  use,
} from '../src/scenario/commands.js'

/** What a lawful partition shows after a few orders: two shirts held, one owed, one sold, one released. */
function lawful(): Evidence {
  const reference = new Reference()
  const claims = { uses: [use('limit', 9)], guards: [guard('guard')], risk: gate('strikes') }
  for (const command of [
    supply(4),
    configure(1, { backorderLimit: 5 }),
    reserve('sold', { uses: [use('limit', 9)] }),
    confirm('sold'),
    reserve('released', { risk: gate('strikes') }),
    release('released', 'buyer'),
    reserve('held', { ...claims, units: [units(4)], backorder: true }),
  ])
    reference.apply([command], START)
  return structuredClone({
    state: reference.visible(START),
    events: reference.batches.flat(),
    ledger: reference.ledger(),
  })
}

type Account = { -readonly [Name in keyof Evidence['state']['accounts'][number]]: number }
type Tamper = (evidence: {
  state: Evidence['state']
  account: Account
  events: StoreEvent[]
  ledger: LedgerEntry[]
}) => void

/** Every law, and evidence that breaks it. */
const broken: readonly (readonly [law: string, tamper: Tamper])[] = [
  ['L2 no counter below zero', ({ account }) => Object.assign(account, { available: -1, reserved: 4 })],
  ['L2 no counter below zero', ({ account }) => Object.assign(account, { available: Number.NaN })],
  ['L1 available + reserved + sold = supplied', ({ account }) => Object.assign(account, { available: 1 })],
  ['L1 reserved = units taken', ({ account }) => Object.assign(account, { reserved: 2, available: 1 })],
  ['L1 sold = taken', ({ account }) => Object.assign(account, { sold: 0, available: 1 })],
  ['L1 backordered = units owed', ({ account }) => Object.assign(account, { backordered: 2 })],
  ['L1 the ledger adds up', ({ ledger }) => void ledger.pop()],
  ['L3 a counter equals its uses', ({ state }) => Object.assign(state.counters[0] ?? {}, { used: 4 })],
  ['L3 a counter equals its uses', ({ state }) => Object.assign(state, { counters: [] })],
  [
    'L4 an open slot is held by its order',
    ({ state }) => Object.assign(state.guards[0]?.state ?? {}, { id: 'sold' }),
  ],
  [
    'L4 at most one open order per slot',
    ({ state }) => Object.assign(state, { guards: [...state.guards, ...state.guards] }),
  ],
  [
    'L8 one event per transition',
    ({ events }) =>
      void events.splice(
        events.findIndex(({ type }) => type === 'granted'),
        1,
      ),
  ],
  ['L8 one event per transition', ({ events }) => void events.push(...events.slice(-2, -1))],
  [
    'L5 an id is granted once',
    ({ events }) => {
      const granted = events.at(-2)
      if (granted?.aggregate === 'reservation') events.push({ ...granted, version: 2 })
    },
  ],
  [
    'L3 no grant takes a counter above its max',
    ({ events }) => {
      for (const event of events)
        if (event.type === 'granted') for (const one of event.uses) Object.assign(one, { max: 1 })
    },
  ],
  [
    'L4 at most one open order per slot',
    ({ events }) => {
      const granted = events.at(-2)
      if (granted?.type === 'granted') events.push({ ...granted, id: 'another' })
    },
  ],
  [
    'an account has one version more per batch',
    ({ events }) => Object.assign(events.at(-1) ?? {}, { version: 99 }),
  ],
  ['is not what its last event tells', ({ events }) => Object.assign(events.at(-1) ?? {}, { available: 1 })],
  [
    'the reservations are not what the events tell',
    ({ state }) => {
      const held = state.reservations.find(({ id }) => id === 'held')
      Object.assign(held?.state ?? {}, { expiresAt: START + HOLD_MS + 1 })
      Object.assign(state.guards[0]?.state ?? {}, { expiresAt: START + HOLD_MS + 1 })
    },
  ],
]

describe('the laws', () => {
  test('let a lawful store pass', () => {
    expect(() => assertLaws(lawful())).not.toThrow()
  })

  test.each(broken)('convict by: %s', (name, tamper) => {
    const { state, events, ledger } = lawful()
    const account = state.accounts[0] as unknown as Account
    const evidence = { state, account, events: [...events], ledger: [...ledger] }
    tamper(evidence)
    expect(() => assertLaws(evidence)).toThrow(name)
  })
})
