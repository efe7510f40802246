import { expect, it } from 'vitest'
import { ratioKey, ratiosOf, resultOf } from './summary.js'

const textbook = { engine: 'sqlite', name: 'textbook' } as const
const coalesced = { engine: 'sqlite', name: 'coalesced' } as const
const rates = (...figures: number[]) => figures.map((rate) => ({ rate, p50ms: rate / 10, p99ms: null }))

it('takes the median of the ratios of single rounds, not the ratio of medians', () => {
  const samples = new Map([
    ['sqlite textbook', rates(1, 10, 100)],
    ['sqlite coalesced', rates(20, 100, 500)],
  ])
  const ratios = ratiosOf({ ratios: [{ over: coalesced, under: textbook }] }, samples)
  expect(ratios).toEqual({ 'sqlite coalesced/textbook': 10 })
})

it('leaves out the ratio of a contender that was not measured', () => {
  const samples = new Map([['sqlite textbook', rates(1)]])
  expect(ratiosOf({ ratios: [{ over: coalesced, under: textbook }] }, samples)).toEqual({})
})

it('names both engines where they differ', () => {
  const over = { engine: 'redis-postgres', name: 'chain' } as const
  expect(ratioKey({ over, under: { engine: 'postgres', name: 'coalesced' } })).toBe(
    'redis-postgres chain/postgres coalesced',
  )
})

it('gives median, minimum and maximum, and no latency where none was taken', () => {
  expect(resultOf({ ...textbook, unit: 'orders/s' }, rates(4, 1, 2, 3))).toEqual({
    ...{ engine: 'sqlite', name: 'textbook', unit: 'orders/s' },
    ...{ median: 2.5, min: 1, max: 4, p50ms: 0.25, p99ms: null },
  })
})
