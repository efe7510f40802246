import { expect, test } from 'vitest'
import { gate } from '../../../test/commands.js'
import { missingPairs } from '../../../test/missing-pairs.js'
import { assess, decide, strikesAt } from './decide.js'
import { evolve, initialState } from './evolve.js'
import type { RiskCommand, RiskEvent, StrikeState } from './types.js'

const NOW = 1_000
const refused = { effect: 'refuse', until: null } as const

const records = {
  clean: { count: 0, until: 0, tag: null },
  'struck twice': { count: 2, until: NOW + 1, tag: null },
  'struck twice, long ago': { count: 2, until: NOW, tag: null },
  tagged: { count: 0, until: 0, tag: refused },
} satisfies Record<string, StrikeState>
type Record_ = keyof typeof records

const commands = {
  strike: { kind: 'strike', strikeMs: 500, now: NOW },
  'tag refuse': { kind: 'tag', tag: refused },
  'tag refuse for a time': { kind: 'tag', tag: { effect: 'refuse', until: 5_000 } },
  'lift the tag': { kind: 'tag', tag: null },
  forgive: { kind: 'forgive' },
} satisfies Record<string, RiskCommand>
type Command = keyof typeof commands

const none: readonly unknown[] = []
const unchanged = { kind: 'unchanged' }
const struck = (count: number) => [{ type: 'struck', count, until: NOW + 500 }]
const tagged = (tag: unknown) => [{ type: 'tagged', tag }]

const table: readonly [Command, Record_, readonly unknown[], unknown][] = [
  ['strike', 'clean', struck(1), { kind: 'struck' }],
  ['strike', 'struck twice', struck(3), { kind: 'struck' }],
  // Those before it count no more.
  ['strike', 'struck twice, long ago', struck(1), { kind: 'struck' }],
  ['strike', 'tagged', struck(1), { kind: 'struck' }],
  ['tag refuse', 'clean', tagged(refused), { kind: 'tagged' }],
  ['tag refuse', 'struck twice', tagged(refused), { kind: 'tagged' }],
  ['tag refuse', 'struck twice, long ago', tagged(refused), { kind: 'tagged' }],
  ['tag refuse', 'tagged', none, unchanged],
  ['tag refuse for a time', 'clean', tagged({ effect: 'refuse', until: 5_000 }), { kind: 'tagged' }],
  ['tag refuse for a time', 'struck twice', tagged({ effect: 'refuse', until: 5_000 }), { kind: 'tagged' }],
  [
    'tag refuse for a time',
    'struck twice, long ago',
    tagged({ effect: 'refuse', until: 5_000 }),
    { kind: 'tagged' },
  ],
  ['tag refuse for a time', 'tagged', tagged({ effect: 'refuse', until: 5_000 }), { kind: 'tagged' }],
  ['lift the tag', 'clean', none, unchanged],
  ['lift the tag', 'struck twice', none, unchanged],
  ['lift the tag', 'struck twice, long ago', none, unchanged],
  ['lift the tag', 'tagged', tagged(null), { kind: 'tagged' }],
  ['forgive', 'clean', none, unchanged],
  ['forgive', 'struck twice', [{ type: 'forgiven' }], { kind: 'forgiven' }],
  ['forgive', 'struck twice, long ago', [{ type: 'forgiven' }], { kind: 'forgiven' }],
  // The shop's own word is lifted, not forgiven.
  ['forgive', 'tagged', none, unchanged],
]

test.each(table)('%s of a buyer who is %s', (command, record, events, outcome) => {
  expect(decide(commands[command], records[record])).toEqual({ events, outcome })
})

test('the table holds every command beside every record', () => {
  const all = missingPairs(table, Object.keys(commands) as Command[], Object.keys(records) as Record_[])
  expect(all).toEqual([])
})

const changes: readonly [RiskEvent, StrikeState][] = [
  [
    { type: 'struck', count: 3, until: 9 },
    { count: 3, until: 9, tag: refused },
  ],
  [
    { type: 'tagged', tag: null },
    { count: 2, until: 5, tag: null },
  ],
  [{ type: 'forgiven' }, { count: 0, until: 0, tag: refused }],
]

test.each(changes)('%j moves its own part of a record', (event, after) => {
  const before: StrikeState = { count: 2, until: 5, tag: refused }
  expect(evolve(before, event)).toEqual(after)
  expect(before, 'a record may be shared').toEqual({ count: 2, until: 5, tag: refused })
})

test('a buyer begins clean', () => {
  expect(initialState()).toEqual({ count: 0, until: 0, tag: null })
})

test('strikes count until their last instant', () => {
  expect(strikesAt({ count: 2, until: NOW + 1, tag: null }, NOW)).toBe(2)
  expect(strikesAt({ count: 2, until: NOW, tag: null }, NOW)).toBe(0)
})

const count = (count: number, until = NOW + 1): StrikeState => ({ count, until, tag: null })
const tag = (effect: 'none' | 'defer-stock' | 'refuse', until: number | null = null): StrikeState => ({
  count: 0,
  until: 0,
  tag: { effect, until },
})
/** Two strikes defer, three refuse. */
const thresholds = gate('of ada', { deferAt: 2, refuseAt: 3 })

const assessments: readonly [string, readonly StrikeState[], unknown][] = [
  ['no record', [], { effect: 'none', strikes: 0, until: null }],
  ['one strike', [count(1)], { effect: 'none', strikes: 1, until: NOW + 1 }],
  ['two strikes', [count(2)], { effect: 'defer-stock', strikes: 2, until: NOW + 1 }],
  ['three strikes', [count(3)], { effect: 'refuse', strikes: 3, until: NOW + 1 }],
  ['three strikes, long ago', [count(3, NOW)], { effect: 'none', strikes: 0, until: null }],
  [
    'strikes under two names',
    [count(1), count(2, NOW + 9)],
    { effect: 'refuse', strikes: 3, until: NOW + 9 },
  ],
  [
    'a name whose strikes are old',
    [count(2, NOW), count(1, NOW + 9)],
    { effect: 'none', strikes: 1, until: NOW + 9 },
  ],
  ['a tag', [tag('refuse')], { effect: 'refuse', strikes: 0, until: null }],
  ['a tag for a time', [tag('defer-stock', NOW + 1)], { effect: 'defer-stock', strikes: 0, until: NOW + 1 }],
  ['a tag that has ended', [tag('refuse', NOW)], { effect: 'none', strikes: 0, until: null }],
  [
    'a tag that clears strikes',
    [{ ...count(3), tag: { effect: 'none', until: null } }],
    { effect: 'none', strikes: 3, until: null },
  ],
  [
    'a tag under an older name',
    [count(3), tag('defer-stock')],
    { effect: 'defer-stock', strikes: 3, until: null },
  ],
]

test.each(assessments)('what comes of %s', (_, found, expected) => {
  expect(assess(thresholds, found, NOW)).toEqual(expected)
})

test('without thresholds strikes lead to nothing', () => {
  expect(assess(gate('of ada'), [count(1_000)], NOW).effect).toBe('none')
})
