import { describe, expect, it } from 'vitest'
import type { WrittenLine } from './lines.js'
import type { OrderPlan } from './order-plan.js'
import { PlanMemory } from './plan-memory.js'

/** Plans are told apart by identity alone. */
function plan(): OrderPlan {
  return {} as OrderPlan
}

function lines(...quantities: readonly number[]): readonly WrittenLine[] {
  return quantities.map((quantity) => ({ sku: 'A', quantity }))
}

/** A memory that has kept a plan for one unit, for two, … */
function remembering(plans: number) {
  const memory = new PlanMemory()
  const kept = Array.from({ length: plans }, (_, index) =>
    memory.keep(lines(index + 1), 'eu', undefined, plan()),
  )
  const recalled = () => kept.map((one, index) => memory.recall(lines(index + 1), 'eu', undefined) === one)
  return { memory, kept, recalled }
}

describe('the memory of plans', () => {
  it('knows nothing at first', () => {
    expect(new PlanMemory().recall(lines(1), 'eu', undefined)).toBeUndefined()
  })

  it('hands back what it is given to keep, and knows it by what was written', () => {
    const memory = new PlanMemory()
    const kept = plan()
    expect(memory.keep(lines(1, 2), 'eu', 'spring', kept)).toBe(kept)
    expect(memory.recall(lines(1, 2), 'eu', 'spring')).toBe(kept)
  })

  it.each([
    ['another pool', lines(1), 'us', 'spring'],
    ['another campaign', lines(1), 'eu', 'autumn'],
    ['no campaign', lines(1), 'eu', undefined],
    ['another quantity', lines(2), 'eu', 'spring'],
    ['another line', lines(1, 1), 'eu', 'spring'],
    ['a pool that was named', [{ sku: 'A', quantity: 1, pool: 'eu' }], 'eu', 'spring'],
    ['another SKU', [{ sku: 'B', quantity: 1 }], 'eu', 'spring'],
  ])('does not take %s for the same', (_, asked, pool, campaign) => {
    const memory = new PlanMemory()
    memory.keep(lines(1), 'eu', 'spring', plan())
    expect(memory.recall(asked, pool, campaign)).toBeUndefined()
  })

  it('tells orders apart whose last lines are the same', () => {
    const memory = new PlanMemory()
    memory.keep(lines(1, 2), 'eu', undefined, plan())
    expect(memory.recall(lines(2, 2), 'eu', undefined)).toBeUndefined()
  })

  it('keeps a copy of the lines, pools included', () => {
    const memory = new PlanMemory()
    const written = { sku: 'A', quantity: 1, pool: 'us' }
    const kept = memory.keep([written], 'eu', undefined, plan())
    written.quantity = 2
    expect(memory.recall([{ sku: 'A', quantity: 1, pool: 'us' }], 'eu', undefined)).toBe(kept)
    expect(memory.recall([written], 'eu', undefined)).toBeUndefined()
  })

  it('keeps no plan of more than two lines', () => {
    const memory = new PlanMemory()
    memory.keep(lines(1, 2, 3), 'eu', undefined, plan())
    memory.keep(lines(1, 2), 'eu', undefined, plan())
    expect(memory.recall(lines(1, 2, 3), 'eu', undefined)).toBeUndefined()
    expect(memory.recall(lines(1, 2), 'eu', undefined)).toBeDefined()
  })

  it('keeps four plans of a SKU', () => {
    expect(remembering(4).recalled()).toEqual([true, true, true, true])
    expect(remembering(5).recalled()).toEqual([true, true, true, true, false])
  })

  it('lets each sixteenth newcomer take the last place', () => {
    const before = remembering(4 + 15)
    expect(before.recalled().slice(0, 4)).toEqual([true, true, true, true])
    const { recalled } = remembering(4 + 16)
    const known = recalled()
    expect(known.slice(0, 4)).toEqual([true, true, true, false])
    expect(known.lastIndexOf(true)).toBe(19)
    expect(known.filter(Boolean)).toHaveLength(4)
  })

  it('lets the next one in after as many again', () => {
    const known = remembering(4 + 32).recalled()
    expect([known[19], known[35]]).toEqual([false, true])
    expect(known.filter(Boolean)).toHaveLength(4)
  })

  it('moves what is asked for one place forward, out of the way of newcomers', () => {
    const { memory, kept } = remembering(4)
    expect(memory.recall(lines(4), 'eu', undefined)).toBe(kept[3])
    for (let quantity = 5; quantity <= 20; quantity++) memory.keep(lines(quantity), 'eu', undefined, plan())
    const isKnown = (quantity: number) => memory.recall(lines(quantity), 'eu', undefined) !== undefined
    expect([1, 2, 3, 4, 20].map(isKnown)).toEqual([true, true, false, true, true])
  })

  it('leaves the first in its place', () => {
    const { memory, kept } = remembering(4)
    for (let times = 0; times < 3; times++) expect(memory.recall(lines(1), 'eu', undefined)).toBe(kept[0])
    expect(memory.recall(lines(2), 'eu', undefined)).toBe(kept[1])
  })
})
