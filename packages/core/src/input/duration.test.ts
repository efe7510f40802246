import { describe, expect, it } from 'vitest'
import { durationSchema } from './duration.js'
import { faultOf } from './fault-of.test-support.js'
import { parse } from './parse.js'

describe('duration', () => {
  it.each([
    [{ minutes: 15 }, 900_000],
    [{ days: 1, hours: 2, minutes: 3, seconds: 4, milliseconds: 5 }, 93_784_005],
    [{ hours: 36 }, 129_600_000],
    [{ milliseconds: 1 }, 1],
    [{ minutes: 0, seconds: 1 }, 1_000],
    [{ days: undefined, seconds: 1 }, 1_000],
    [{ days: 3_650 }, 315_360_000_000],
  ])('%j is %d ms', (duration, ms) => {
    expect(parse(durationSchema, duration, 'deadline')).toBe(ms)
  })

  it.each([
    [15, 'deadline'],
    ['PT15M', 'deadline'],
    [null, 'deadline'],
    [[], 'deadline'],
    [{}, 'deadline'],
    [{ minutes: 0 }, 'deadline'],
    [{ days: 3_650, milliseconds: 1 }, 'deadline'],
    [{ minutes: -1 }, 'minutes'],
    [{ minutes: 1.5 }, 'minutes'],
    [{ minutes: '15' }, 'minutes'],
    [{ minutes: Number.NaN }, 'minutes'],
    [{ seconds: Number.POSITIVE_INFINITY }, 'seconds'],
    [{ minutes: 1n }, 'minutes'],
    [{ weeks: 1 }, 'weeks'],
  ])('%s is refused at %s', (duration, path) => {
    expect(faultOf(() => parse(durationSchema, duration, 'deadline'))).toMatchObject({ path })
  })
})
