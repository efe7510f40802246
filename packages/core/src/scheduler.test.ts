import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemScheduler } from './scheduler.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('now is monotonic ms', () => {
  const before = systemScheduler.now()
  vi.advanceTimersByTime(25)
  expect(systemScheduler.now() - before).toBe(25)
})

test('a timer fires once, not before its time', () => {
  const fired = vi.fn()
  systemScheduler.timer(9.2, fired)
  vi.advanceTimersByTime(9)
  expect(fired).not.toHaveBeenCalled()
  vi.advanceTimersByTime(100)
  expect(fired).toHaveBeenCalledTimes(1)
})

test('a cancelled timer does not fire', () => {
  const fired = vi.fn()
  systemScheduler.timer(5, fired)()
  vi.advanceTimersByTime(10)
  expect(fired).not.toHaveBeenCalled()
})

test('a timer of months does not fire at once', () => {
  const fired = vi.fn()
  systemScheduler.timer(1e11, fired)
  vi.advanceTimersByTime(1_000)
  expect(fired).not.toHaveBeenCalled()
})

test('deferred work waits for promises that this turn settled', async () => {
  vi.useRealTimers()
  const seen: string[] = []
  const deferred = new Promise<void>((resolve) => {
    systemScheduler.defer(() => {
      seen.push('deferred')
      resolve()
    })
  })
  void Promise.resolve()
    .then(() => undefined)
    .then(() => seen.push('promise'))
  await deferred
  expect(seen).toEqual(['promise', 'deferred'])
})
