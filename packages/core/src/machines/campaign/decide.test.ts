import { expect, test } from 'vitest'
import { missingPairs } from '../../../test/missing-pairs.js'
import { decide } from './decide.js'
import { evolve, initialState } from './evolve.js'
import type { CampaignCommand, CampaignEvent, CampaignState } from './types.js'

const NOW = 20_000
const OPENS = 30_000
const CLOSES = 40_000

const phone = { sku: 'PHONE', pool: 'north', backorderLimit: 0 }
const watch = { sku: 'WATCH', pool: 'north', backorderLimit: 5 }
const plan = { opensAt: OPENS, closesAt: CLOSES, items: [phone, watch] }
const planned = { id: 'c', version: 4, planned: plan, ...plan, dropped: [] }
const states = {
  none: null,
  scheduled: { ...planned, status: 'scheduled' },
  open: { ...planned, status: 'open' },
  closed: { ...planned, status: 'closed' },
  withdrawn: { ...planned, status: 'withdrawn' },
} satisfies { readonly none: null } & {
  readonly [Status in CampaignState['status']]: Extract<CampaignState, { status: Status }>
}
type Standing = keyof typeof states
const STANDINGS = Object.keys(states) as Standing[]

const { items } = planned
const commands = {
  schedule: { kind: 'schedule', id: 'c', opensAt: OPENS, closesAt: CLOSES, items },
  'schedule at another time': { kind: 'schedule', id: 'c', opensAt: OPENS + 1, closesAt: CLOSES, items },
  'schedule other items': { kind: 'schedule', id: 'c', opensAt: OPENS, closesAt: CLOSES, items: [phone] },
  'change items': { kind: 'change-items', id: 'c', items: [phone] },
  'change nothing': { kind: 'change-items', id: 'c', items },
  open: { kind: 'open', id: 'c' },
  close: { kind: 'close', id: 'c' },
  withdraw: { kind: 'withdraw', id: 'c' },
} satisfies Record<string, CampaignCommand>
type Command = keyof typeof commands

const already = (status: Standing) => ({ kind: 'already', status })
const unknown = { kind: 'unknown-id' }
const reused = { kind: 'id-reused' }
const scheduled = { kind: 'scheduled' }
const changed = { kind: 'items-changed' }

/** Command, status before, type of the event, status after, outcome. */
const table: readonly [Command, Standing, string, Standing, unknown][] = [
  ['schedule', 'none', 'scheduled', 'scheduled', scheduled],
  ['schedule', 'scheduled', '', 'scheduled', already('scheduled')],
  ['schedule', 'open', '', 'open', already('open')],
  ['schedule', 'closed', '', 'closed', already('closed')],
  ['schedule', 'withdrawn', '', 'withdrawn', already('withdrawn')],
  ['schedule at another time', 'none', 'scheduled', 'scheduled', scheduled],
  ['schedule at another time', 'scheduled', '', 'scheduled', reused],
  ['schedule at another time', 'open', '', 'open', reused],
  ['schedule at another time', 'closed', '', 'closed', reused],
  ['schedule at another time', 'withdrawn', '', 'withdrawn', reused],
  ['schedule other items', 'none', 'scheduled', 'scheduled', scheduled],
  ['schedule other items', 'scheduled', '', 'scheduled', reused],
  ['schedule other items', 'open', '', 'open', reused],
  ['schedule other items', 'closed', '', 'closed', reused],
  ['schedule other items', 'withdrawn', '', 'withdrawn', reused],
  ['change items', 'none', '', 'none', unknown],
  ['change items', 'scheduled', 'items-changed', 'scheduled', changed],
  ['change items', 'open', 'items-changed', 'open', changed],
  ['change items', 'closed', '', 'closed', already('closed')],
  ['change items', 'withdrawn', '', 'withdrawn', already('withdrawn')],
  ['change nothing', 'none', '', 'none', unknown],
  ['change nothing', 'scheduled', '', 'scheduled', changed],
  ['change nothing', 'open', '', 'open', changed],
  ['change nothing', 'closed', '', 'closed', already('closed')],
  ['change nothing', 'withdrawn', '', 'withdrawn', already('withdrawn')],
  ['open', 'none', '', 'none', unknown],
  ['open', 'scheduled', 'opened', 'open', { kind: 'opened' }],
  ['open', 'open', '', 'open', already('open')],
  // A campaign that was closed or withdrawn stays so.
  ['open', 'closed', '', 'closed', already('closed')],
  ['open', 'withdrawn', '', 'withdrawn', already('withdrawn')],
  ['close', 'none', '', 'none', unknown],
  ['close', 'scheduled', 'closed', 'closed', { kind: 'closed' }],
  ['close', 'open', 'closed', 'closed', { kind: 'closed' }],
  ['close', 'closed', '', 'closed', already('closed')],
  ['close', 'withdrawn', '', 'withdrawn', already('withdrawn')],
  ['withdraw', 'none', '', 'none', unknown],
  ['withdraw', 'scheduled', 'withdrawn', 'withdrawn', { kind: 'withdrawn' }],
  ['withdraw', 'open', 'withdrawn', 'withdrawn', { kind: 'withdrawn' }],
  ['withdraw', 'closed', 'withdrawn', 'withdrawn', { kind: 'withdrawn' }],
  ['withdraw', 'withdrawn', '', 'withdrawn', already('withdrawn')],
]

test.each(table)('%s × %s: %s → %s', (command, standing, type, after, outcome) => {
  const before = states[standing]
  const copy = structuredClone(before)
  const decision = decide(commands[command], before, NOW)
  expect(decision.outcome).toEqual(outcome)
  expect(decision.events.map((event) => event.type).join(' ')).toBe(type)
  let state: CampaignState | null = before
  const version = (before?.version ?? 0) + 1
  for (const event of decision.events) {
    expect(event).toMatchObject({ aggregate: 'campaign', id: 'c', version, at: NOW })
    state = evolve(state, event)
    expect(state?.version).toBe(version)
  }
  expect(state?.status ?? 'none').toBe(after)
  expect(before, 'deciding changes nothing').toEqual(copy)
})

test('the table holds every command beside every status', () => {
  expect(missingPairs(table, Object.keys(commands) as Command[], STANDINGS)).toEqual([])
})

test.each([
  ['opened by hand before its time, from now on', 'open', OPENS, null, { opensAt: NOW }],
  ['opened when its time has come, from then on', 'open', NOW - 5, null, { opensAt: NOW - 5 }],
  ['opened by hand without a time, from now on', 'open', null, null, { opensAt: NOW }],
  ['closed by hand before its time, from now on', 'close', null, CLOSES, { closesAt: NOW }],
  ['closed when its time has come, from then on', 'close', null, NOW - 5, { closesAt: NOW - 5 }],
  ['closed by hand without a time, from now on', 'close', null, null, { closesAt: NOW }],
] as const)('%s', (_, command, opensAt, closesAt, fields) => {
  const state = { ...states.scheduled, opensAt, closesAt }
  expect(decide(commands[command], state, NOW).events).toMatchObject([fields])
})

test.each([
  ['taken out', [phone], [watch]],
  ['put in', [phone, watch, { ...phone, pool: 'south' }], []],
  ['given another limit', [phone, { ...watch, backorderLimit: 9 }], []],
])('items %s: those dropped are told, to be left alone', (_, wanted, dropped) => {
  const command = { kind: 'change-items', id: 'c', items: wanted } as const
  expect(decide(command, states.open, NOW).events).toMatchObject([{ items: wanted, dropped }])
})

test('an item that was dropped before and is put in again is dropped no more', () => {
  const state = { ...states.open, items: [phone], dropped: [watch] }
  expect(decide(commands['change nothing'], state, NOW).events).toMatchObject([{ items, dropped: [] }])
})

test('a schedule told again is the same one, whatever became of the campaign since', () => {
  const again = { ...commands.schedule, opensAt: null, closesAt: null }
  let state = initialState()
  const kinds = [
    again,
    again,
    commands.open,
    again,
    commands['change items'],
    again,
    commands.close,
    again,
  ].map((command) => {
    const { events, outcome } = decide(command, state, NOW)
    for (const event of events) state = evolve(state, event)
    return outcome.kind
  })
  expect(kinds).toEqual([
    'scheduled',
    'already',
    'opened',
    'already',
    'items-changed',
    'already',
    'closed',
    'already',
  ])
})

const head = { aggregate: 'campaign', id: 'c', version: 5, at: NOW } as const
const events = {
  scheduled: { ...head, type: 'scheduled', opensAt: null, closesAt: CLOSES, items: [watch] },
  'items-changed': { ...head, type: 'items-changed', items: [phone], dropped: [watch] },
  opened: { ...head, type: 'opened', opensAt: NOW },
  closed: { ...head, type: 'closed', closesAt: NOW },
  withdrawn: { ...head, type: 'withdrawn' },
} satisfies { readonly [Type in CampaignEvent['type']]: Extract<CampaignEvent, { type: Type }> }
type Type = CampaignEvent['type']

/** What each event makes of each state; where the decider cannot emit it, the state stays as it is. */
const evolutions: readonly [Type, Standing, object | 'stays'][] = [
  [
    'scheduled',
    'none',
    { status: 'scheduled', opensAt: null, closesAt: CLOSES, items: [watch], dropped: [] },
  ],
  ['scheduled', 'scheduled', 'stays'],
  ['scheduled', 'open', 'stays'],
  ['scheduled', 'closed', 'stays'],
  ['scheduled', 'withdrawn', 'stays'],
  ['items-changed', 'none', 'stays'],
  ['items-changed', 'scheduled', { status: 'scheduled', items: [phone], dropped: [watch], opensAt: OPENS }],
  ['items-changed', 'open', { status: 'open', items: [phone], dropped: [watch] }],
  ['items-changed', 'closed', 'stays'],
  ['items-changed', 'withdrawn', 'stays'],
  ['opened', 'none', 'stays'],
  ['opened', 'scheduled', { status: 'open', opensAt: NOW, closesAt: CLOSES, items, planned: plan }],
  ['opened', 'open', 'stays'],
  ['opened', 'closed', 'stays'],
  ['opened', 'withdrawn', 'stays'],
  ['closed', 'none', 'stays'],
  ['closed', 'scheduled', { status: 'closed', closesAt: NOW }],
  ['closed', 'open', { status: 'closed', opensAt: OPENS, closesAt: NOW }],
  ['closed', 'closed', 'stays'],
  ['closed', 'withdrawn', 'stays'],
  ['withdrawn', 'none', 'stays'],
  ['withdrawn', 'scheduled', { status: 'withdrawn', opensAt: OPENS, items }],
  ['withdrawn', 'open', { status: 'withdrawn' }],
  ['withdrawn', 'closed', { status: 'withdrawn' }],
  ['withdrawn', 'withdrawn', 'stays'],
]

test.each(evolutions)('%s on %s', (type, standing, expected) => {
  const before = states[standing]
  const copy = structuredClone(before)
  const after = evolve(before, events[type])
  if (expected === 'stays') expect(after).toBe(before)
  else expect(after).toMatchObject({ ...expected, id: 'c', version: 5 })
  expect(before, 'a state may be shared').toEqual(copy)
})

test('that table holds every event beside every status', () => {
  expect(missingPairs(evolutions, Object.keys(events) as Type[], STANDINGS)).toEqual([])
})

test('no campaign stands at first', () => {
  expect(initialState()).toBeNull()
})
