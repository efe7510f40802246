import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OpenGuard } from '../machines/unpaid-order-guard/types.js'
import type { Granted } from '../port/events.js'
import { KeptGrant } from './kept-grant.js'
import { SubjectTable } from './subject-table.js'

// Subjects that meet under several rules, names without any rule, and names alike but for what lies before the subject.
const name = fc.oneof(
  fc.constantFrom(
    '',
    '/',
    'ada',
    'a/',
    'limit/a/ada',
    'limit/b/ada',
    'limit/a/k1.ada',
    'a/ada',
    'da',
    'limit/a/da',
  ),
  fc.nat({ max: 300 }).map((number) => `limit/${number % 3}/buyer-${number % 40}`),
)
const step = fc.record({
  do: fc.constantFrom('count', 'count', 'count by grant', 'look', 'open', 'open by grant', 'free'),
  name,
  tells: fc.boolean(),
})

test('a table of subjects does what two maps by name do, whether or not the subject is told', () => {
  const property = fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
    const table = new SubjectTable()
    const counters = new Map<string, number>()
    const guards = new Map<string, string>()
    for (const [at, { do: what, name, tells }] of steps.entries()) {
      const subject = tells ? name.slice(name.lastIndexOf('/') + 1) : undefined
      expect(table.counter(name, subject)?.used).toBe(counters.get(name))
      expect(idOf(table.guard(name, subject))).toBe(guards.get(name))
      const grant = grantOf(`order-${at}`, name)
      if (what === 'count' || what === 'count by grant') {
        table.counterToChange(name, what === 'count' ? undefined : grant).used += 1
        counters.set(name, (counters.get(name) ?? 0) + 1)
      } else if (what === 'open' || what === 'open by grant') {
        table.putGuard(name, what === 'open' ? { status: 'open', id: `order-${at}`, expiresAt: at } : grant)
        guards.set(name, `order-${at}`)
      } else if (what === 'free') {
        table.deleteGuard(name)
        guards.delete(name)
      }
    }
    expect(sorted([...table.counters()].map(([name, { used }]) => [name, used]))).toEqual(
      sorted([...counters]),
    )
    expect(sorted([...table.guards()].map(([name, kept]) => [name, idOf(kept)]))).toEqual(sorted([...guards]))
  })
  fc.assert(property)
})

function idOf(kept: OpenGuard | KeptGrant | undefined): string | undefined {
  return kept?.id
}

/** A grant of this counter and guard. */
function grantOf(id: string, name: string): KeptGrant {
  const event: Granted = {
    aggregate: 'reservation',
    id,
    version: 1,
    at: 0,
    type: 'granted',
    home: 'ada',
    stock: 'taken',
    fingerprint: { buyer: 'ada', lines: '' },
    lines: [],
    uses: [{ counter: name, prior: [], quantity: 1, max: 1, lines: [] }],
    guards: [name],
    strike: null,
    backorder: false,
    expiresAt: 1,
    maxExpiresAt: 1,
    data: null,
  }
  return KeptGrant.of(event, null) as KeptGrant
}

function sorted<Value>(entries: [string, Value][]): [string, Value][] {
  return entries.sort(([one], [other]) => (one < other ? -1 : 1))
}
