import { expect, onTestFinished, test, vi } from 'vitest'
import { newOrderId } from './order-id.js'

function stoppedClock(): void {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
}

test('an id tells its millisecond, and that it is a UUIDv7', () => {
  stoppedClock()
  vi.setSystemTime(0x0123_4567_89ab)
  expect(newOrderId()).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  vi.setSystemTime(1)
  expect(newOrderId()).toMatch(/^00000000-0001-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('ids of one millisecond differ, and a later one sorts behind them', () => {
  stoppedClock()
  const together = Array.from({ length: 10_000 }, newOrderId)
  expect(new Set(together).size).toBe(together.length)
  vi.setSystemTime(Date.now() + 1)
  const later = newOrderId()
  expect(together.every((id) => id < later)).toBe(true)
})
