import { describe, expect, test } from 'vitest'
import { allHandled, handledAt } from './handled.js'
import { relayMany } from './many.js'
import { hasServers, NOTHING_LOST, placeForTest, startConsumer, startRelay } from './scene.test-support.js'
import { drained, write } from './writing.js'

const EACH_ONCE = { missing: 0, repeated: 0, disordered: 0 }

describe.skipIf(!hasServers)('a consumer of Kafka with its inbox in PostgreSQL', { timeout: 600_000 }, () => {
  // Behind `handle` everything is committed, and the broker is not told yet.
  const steps = ['begin', 'handle'].flatMap((method) =>
    (['before', 'after'] as const).map((when) => ({ method, when, nth: 2 })),
  )

  test('that is killed at any step handles each message once, in the order of its key', async () => {
    const place = await placeForTest()
    const relay = startRelay(place)
    for (const death of steps) {
      await write(place, { keys: 20, versions: 10 })
      await drained(place)
      expect(await startConsumer(place, death).end()).toBe('SIGKILL')
    }
    const last = startConsumer(place)
    await allHandled(place)
    expect([await last.end('SIGTERM'), await relay.end('SIGTERM')]).toEqual([0, 0])
    expect(await handledAt(place)).toEqual({ written: steps.length * 200, ...EACH_ONCE })
  })

  test('and a relay, several of each, killed at random, hand over each message once', async () => {
    const place = await placeForTest()
    const many = { keys: 200, versions: 40, relays: 4, consumers: 3, killEvery: 1_500, chance: Math.random }
    const { arrived, handled, kills } = await relayMany(place, many)
    expect(kills).toBeGreaterThan(0)
    expect(arrived).toMatchObject({ written: 8_000, ...NOTHING_LOST })
    expect(handled).toEqual({ written: 8_000, ...EACH_ONCE })
  })
})
