import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Contender, Stand } from '../contender.js'
import { LawBroken } from '../law-broken.js'
import { closedLoop } from './closed-loop.js'
import { openLoop } from './open-loop.js'
import { OrderMix } from './order-mix.js'
import { interleave } from './rounds.js'

function standOf(callers: number, call: Stand['call']): Stand {
  return { callers, call, checkLaws: async () => {}, close: async () => {} }
}

describe('closedLoop', () => {
  it('counts the work of all callers that overlap', async () => {
    let clock = 0
    let done = 0
    const stand = standOf(10, async () => {
      await nextTurn()
      clock += 1
      done += 3
      return 3
    })
    const { rate } = await closedLoop(stand, 0.2, () => clock)
    expect(done).toBeGreaterThan(590)
    expect(rate).toBe((done * 1000) / clock)
  })

  it('goes on until something is done, but not for ever', async () => {
    let clock = 0
    const doneFrom = (first: number) => {
      clock = 0
      const stand = standOf(1, async () => {
        clock += 100
        return clock < first ? 0 : 3
      })
      return closedLoop(stand, 0.2, () => clock)
    }
    expect((await doneFrom(1_000)).rate).toBe(3)
    expect((await doneFrom(100_000)).rate).toBe(0)
    expect(clock).toBe(4_000)
  })

  it('keeps as many calls under way as there are callers', async () => {
    let clock = 0
    let underWay = 0
    let most = 0
    const stand = standOf(7, async () => {
      most = Math.max(most, ++underWay)
      await nextTurn()
      clock += 1
      underWay -= 1
      return 1
    })
    await closedLoop(stand, 0.05, () => clock)
    expect(most).toBe(7)
  })
})

describe('openLoop', () => {
  it('counts latency from the instant at which a call was due, a stall included', async () => {
    let clock = 0
    let calls = 0
    const stand = standOf(1, () => {
      if (++calls === 10) clock += 100
      return 1
    })
    // Every look at the clock takes it a little further, as it would.
    const { latencies } = await openLoop(stand, 1000, 0.2, () => (clock += 0.001), nextTurn)
    expect(calls).toBe(200)
    // Half of the calls came due during the stall and waited for its end, evenly from 100 ms down to none.
    expect(latencies.percentile(40)).toBeLessThan(1)
    expect(latencies.percentile(75)).toBeGreaterThan(40)
    expect(latencies.percentile(75)).toBeLessThan(60)
  })
})

describe('interleave', () => {
  const options = { rounds: 3, seconds: 0.01, warmupSeconds: 0.01, onStep: () => {} }
  const contender = (name: string, checkLaws: Stand['checkLaws'], opened: string[]): Contender => ({
    engine: 'memory',
    name,
    unit: 'orders/s',
    open: async () => {
      opened.push(name)
      return { ...standOf(1, () => nextTurn(1)), checkLaws }
    },
  })

  it('takes the contenders in turns and begins each round with another one', async () => {
    const opened: string[] = []
    const samples = await interleave(
      ['a', 'b'].map((name) => ({ contender: contender(name, async () => {}, opened) })),
      options,
    )
    expect(opened).toEqual(['a', 'b', 'b', 'a', 'a', 'b'])
    expect(samples.get('memory a')).toHaveLength(3)
  })

  it('fails with the name of the contender whose laws do not hold', async () => {
    const broken = contender(
      'loses units',
      async () => Promise.reject(new LawBroken('units: found 1, due 2')),
      [],
    )
    await expect(interleave([{ contender: broken }], options)).rejects.toThrow(
      'memory loses units: units: found 1, due 2',
    )
  })
})

describe('OrderMix', () => {
  it('is 96 % fresh, 2 % replays and 2 % refused by the guard, with buyers that do not repeat', () => {
    const mix = new OrderMix({ skus: 1, linesPerOrder: 1 })
    const buyers = new Set<string>()
    for (let call = 0; call < 5000; call++) {
      const order = mix.next()
      if (order.meant === 'granted') buyers.add(order.buyer)
      mix.answered(order, order.id ?? `order-${call}`, order.meant)
    }
    expect(mix.counts).toEqual({ granted: 4800, replayed: 100, 'unpaid-order': 100, 'sold-out': 0 })
    expect(buyers.size).toBe(4800)
  })

  it('does not take another answer than the one meant', () => {
    const mix = new OrderMix({ skus: 1, linesPerOrder: 1 })
    expect(() => mix.answered(mix.next(), 'order-1', 'replayed')).toThrow(LawBroken)
  })
})
