import { afterEach, expect, test, vi } from 'vitest'
import { machineClock } from './clock.js'

afterEach(() => {
  vi.useRealTimers()
})

test('the machine’s clock tells its time, and never goes back', () => {
  vi.useFakeTimers({ now: 50_000 })
  const clock = machineClock()
  const told = [50_000, 50_010, 40_000, 50_009, 50_011].map((time) => {
    vi.setSystemTime(time)
    return clock.now()
  })
  expect(told).toEqual([50_000, 50_010, 50_010, 50_010, 50_011])
})
