import { expect, test } from 'vitest'
import * as make from '../../test/commands.js'
import { A, gate, guard, HOLD, units, use } from '../../test/commands.js'
import { TestPartition } from '../../test/partition.js'

// A hash key is rotated: what was written under the old name is found under the new one, by its prior names. While
// processes change over, those with the new key first and those with the old key first meet the same counters.

const oldFirst = {
  uses: [use('limit under k1', 3, { prior: ['limit under k2'] })],
  guards: [guard('guard under k1', 'guard under k2')],
  risk: gate('strikes under k1', { prior: ['strikes under k2'], refuseAt: 3 }),
}
const newFirst = {
  uses: [use('limit under k2', 3, { prior: ['limit under k1'] })],
  guards: [guard('guard under k2', 'guard under k1')],
  risk: gate('strikes under k2', { prior: ['strikes under k1'], refuseAt: 3 }),
}
const names = ['k1', 'k2']

test.each([
  ['the new', oldFirst, newFirst],
  ['the old', newFirst, oldFirst],
])('uses under the other name count under %s: a limit holds across them', (_, first, then) => {
  const partition = new TestPartition().stock(A, 9)
  partition.do(make.reserve('a', { uses: first.uses, units: [units(A, 2)] }))
  expect(partition.do(make.reserve('b', { uses: then.uses, units: [units(A, 2)] }))).toMatchObject({
    kind: 'purchase-limit',
    used: 2,
    max: 3,
  })
  expect(partition.do(make.reserve('b', { uses: then.uses })).kind).toBe('granted')
  expect(partition.do(make.reserve('c', { uses: first.uses }))).toMatchObject({
    kind: 'purchase-limit',
    used: 3,
  })
})

test('each use is written and given back under the name that it was claimed by', () => {
  const partition = new TestPartition().stock(A, 9)
  const used = () => names.map((key) => partition.used(`limit under ${key}`))
  partition.do(make.reserve('a', { uses: oldFirst.uses }))
  partition.do(make.reserve('b', { uses: newFirst.uses }))
  expect(used()).toEqual([1, 1])
  partition.do(make.release('a'))
  expect(used()).toEqual([0, 1])
  partition.do(make.confirm('b'))
  partition.do(make.returned('b', 'm', [units(A, 1)], { giveBackUses: true }))
  expect(used()).toEqual([0, 0])
})

test('a late payment counts uses under both names, and claims again under its own', () => {
  const partition = new TestPartition().stock(A, 9)
  partition.do(make.reserve('a', { uses: oldFirst.uses, units: [units(A, 2)] }))
  partition.after(HOLD, make.sweep())
  partition.do(make.reserve('b', { uses: newFirst.uses }))
  expect(partition.do(make.confirm('a')).kind).toBe('confirmed')
  expect(names.map((key) => partition.used(`limit under ${key}`))).toEqual([2, 1])
})

test('a late payment is refused for uses under the other name', () => {
  const partition = new TestPartition().stock(A, 9)
  partition.do(make.reserve('a', { uses: oldFirst.uses, units: [units(A, 2)] }))
  partition.after(HOLD, make.sweep())
  partition.do(make.reserve('b', { uses: newFirst.uses, units: [units(A, 2)] }))
  expect(partition.do(make.confirm('a'))).toMatchObject({
    why: { kind: 'purchase-limit', used: 2, requested: 2 },
  })
})

test.each([
  ['the new', oldFirst, newFirst],
  ['the old', newFirst, oldFirst],
])('an order that is open under the other name keeps its buyer out under %s', (_, first, then) => {
  const partition = new TestPartition().stock(A, 9)
  partition.do(make.reserve('a', { guards: first.guards }))
  expect(partition.do(make.reserve('b', { guards: then.guards }))).toMatchObject({
    kind: 'unpaid-order',
    guard: first.guards[0]?.name,
    id: 'a',
  })
  partition.do(make.confirm('a'))
  expect(partition.do(make.reserve('b', { guards: then.guards })).kind).toBe('granted')
})

test('strikes under both names add up; each is written under the name of its order', () => {
  const partition = new TestPartition().stock(A, 9)
  for (const [id, { risk }] of [
    ['a', oldFirst],
    ['b', newFirst],
    ['c', oldFirst],
  ] as const) {
    expect(partition.do(make.reserve(id, { risk })).kind).toBe('granted')
    partition.do(make.release(id))
  }
  expect(names.map((key) => partition.strikes(`strikes under ${key}`))).toEqual([2, 1])
  for (const { risk } of [oldFirst, newFirst]) {
    expect(partition.do(make.reserve('d', { risk }))).toMatchObject({ kind: 'buyer-refused', strikes: 3 })
  }
  partition.do(make.judge('strikes under k2', { prior: ['strikes under k1'], forgive: true }))
  for (const { risk } of [oldFirst, newFirst]) {
    const id = `after ${risk.strikes}`
    expect(partition.do(make.reserve(id, { risk })).kind).toBe('granted')
  }
})
