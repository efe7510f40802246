import { expect, onTestFinished, test, vi } from 'vitest'
import { Contention } from './contention.js'

function startedClock(): void {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
}

test('a redo now and then is no reason to take locks first', () => {
  startedClock()
  const contention = new Contention()
  for (let batch = 0; batch < 100; batch++) {
    contention.note(batch % 10 === 0)
    expect(contention.takesLocks()).toBe(false)
  }
})

test('where redos are frequent locks are taken first for a while, then it is tried again', () => {
  startedClock()
  const contention = new Contention()
  contention.note(true)
  contention.note(true)
  expect(contention.takesLocks()).toBe(true)
  vi.advanceTimersByTime(300)
  expect(contention.takesLocks()).toBe(false)
  contention.note(true)
  expect(contention.takesLocks()).toBe(true)
})
