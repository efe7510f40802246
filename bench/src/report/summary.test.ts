import { expect, it } from 'vitest'
import { latencyRatioKey, ratioKey, ratiosOf, resultOf } from './summary.js'

const textbook = { engine: 'sqlite', name: 'textbook' } as const
const coalesced = { engine: 'sqlite', name: 'coalesced' } as const
const rates = (...figures: number[]) => figures.map((rate) => ({ rate, p50ms: rate / 10, p99ms: null }))

it('takes the median of the ratios of single rounds, not the ratio of medians', () => {
  const samples = new Map([
    ['sqlite textbook', rates(1, 10, 100)],
    ['sqlite coalesced', rates(20, 100, 500)],
  ])
  const ratios = ratiosOf({ ratios: [{ over: coalesced, under: textbook }], latencyRatios: [] }, samples)
  expect(ratios).toEqual({ 'sqlite coalesced/textbook': 10 })
})

it('leaves out the ratio of a contender that was not measured', () => {
  const samples = new Map([['sqlite textbook', rates(1)]])
  expect(ratiosOf({ ratios: [{ over: coalesced, under: textbook }], latencyRatios: [] }, samples)).toEqual({})
})

it('names both engines where they differ', () => {
  const over = { engine: 'redis-postgres', name: 'chain' } as const
  expect(ratioKey({ over, under: { engine: 'postgres', name: 'coalesced' } })).toBe(
    'redis-postgres chain/postgres coalesced',
  )
})

it('compares percentiles round by round, under keys that name them', () => {
  const samples = new Map([
    ['sqlite textbook', [2, 4, 8].map((p50ms) => ({ rate: 1, p50ms, p99ms: 100 }))],
    ['sqlite coalesced', [20, 44, 80].map((p99ms) => ({ rate: 1, p50ms: 1, p99ms }))],
  ])
  const ratio = { over: coalesced, at: 'p99ms', under: textbook, to: 'p50ms', atMost: 12 } as const
  expect(ratiosOf({ ratios: [], latencyRatios: [ratio] }, samples)).toEqual({
    'sqlite coalesced p99/textbook p50': 10,
  })
  expect(latencyRatioKey(ratio)).toBe('sqlite coalesced p99/textbook p50')
})

it('gives median, minimum and maximum, and no latency where none was taken', () => {
  expect(resultOf({ ...textbook, unit: 'orders/s' }, rates(4, 1, 2, 3))).toEqual({
    ...{ engine: 'sqlite', name: 'textbook', unit: 'orders/s' },
    ...{ median: 2.5, min: 1, max: 4, p50ms: 0.25, p99ms: null },
  })
})
