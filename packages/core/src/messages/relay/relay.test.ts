import { afterEach, describe, expect, test } from 'vitest'
import type { OutboxLease, WaitingMessage } from '../../port/outbox.js'
import { ACKED, FATAL, RETRIABLE, RelayScene } from './relay-scene.js'

let scene: RelayScene

function setUp(options?: { readonly shards?: number }): RelayScene {
  scene = new RelayScene(options)
  return scene
}

afterEach(() => scene.close())

/** `a1`, `a2`, … */
function messagesOf(key: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${key}${index + 1}`)
}

describe('a relay', () => {
  test('sends what waits, in order, and leaves nothing waiting', async () => {
    const { outbox: _, ...rest } = setUp({ shards: 3 })
    await scene.relay().start()
    await scene.write('a1', 'b1', 'a2')
    await scene.write('a3')
    await scene.pass(2_000)
    expect(scene.arrived('a')).toEqual(['a1', 'a2', 'a3'])
    expect(scene.arrived('b')).toEqual(['b1'])
    expect(await scene.waiting()).toBe(0)
    expect(rest.errors).toEqual([])
  })

  test('drains without being started', async () => {
    setUp()
    await scene.write('a1', 'a2')
    const drained = scene.relay().drain()
    await scene.pass(100)
    expect(await drained).toBe(2)
    expect(scene.arrived()).toEqual(['a1', 'a2'])
  })

  test('asks an idle outbox at most twice a second, its lease included', async () => {
    const { outbox } = setUp({ shards: 3 })
    let asked = 0
    const counted = {
      shards: () => outbox.shards(),
      lease: async (...arguments_: Parameters<typeof outbox.lease>) => {
        asked++
        const lease = await outbox.lease(...arguments_)
        if (lease === null) return null
        const { read, renew } = lease
        return Object.assign(lease, {
          read: (limit: number) => {
            asked++
            return read.call(lease, limit)
          },
          renew: (ms: number) => {
            asked++
            return renew.call(lease, ms)
          },
        })
      },
    }
    await scene.relay({ outbox: { ...counted } as never }).start()
    await scene.pass(10_000)
    asked = 0
    await scene.pass(120_000, 100)
    expect(asked).toBeGreaterThan(100)
    expect(asked).toBeLessThanOrEqual(240)
  })

  test('goes on where it was when the broker was away, and takes nothing for poison', async () => {
    setUp()
    scene.judge = () => RETRIABLE
    await scene.relay({ attempts: 2 }).start()
    await scene.write(...messagesOf('a', 5), ...messagesOf('b', 5))
    await scene.pass(60_000, 100)
    expect(scene.arrived()).toEqual([])
    scene.judge = () => ACKED
    await scene.pass(60_000, 100)
    expect(scene.arrived('a')).toEqual(messagesOf('a', 5))
    expect(scene.arrived('b')).toEqual(messagesOf('b', 5))
    expect(scene.parked).toEqual([])
  })
})

describe('a message that fails for ever', () => {
  const BAD = 'a2'

  test.each([
    { trouble: 'is wrong', bad: FATAL },
    { trouble: 'fails while others are sent', bad: RETRIABLE },
  ])('park-key: one that $trouble waits for an operator, with its key', async ({ bad }) => {
    setUp()
    scene.judge = (id) => (id === BAD ? bad : ACKED)
    await scene.relay({ attempts: 3 }).start()
    await scene.write('a1', BAD, 'a3', 'b1')
    for (let count = 2; count < 40; count++) {
      await scene.pass(1_000, 100)
      await scene.write(`b${count}`)
    }
    await scene.write('a4')
    await scene.pass(2_000)
    expect(scene.arrived('a')).toEqual(['a1'])
    expect(scene.arrived('b')).toEqual(messagesOf('b', 39))
    expect(scene.parked).toEqual([BAD])
    const reasons = (await scene.setAside()).map(({ message, reason }) => [message.id, reason])
    expect(reasons).toEqual([
      [BAD, bad === FATAL ? 'too large' : 'the broker is away'],
      ['a3', null],
      ['a4', null],
    ])

    scene.judge = () => ACKED
    expect(await scene.outbox.resume('0', BAD)).toBe(3)
    await scene.pass(2_000)
    expect(scene.arrived('a')).toEqual(['a1', 'a2', 'a3', 'a4'])
    expect(await scene.waiting()).toBe(0)
  })

  test('skip-after-n: it waits for an operator alone', async () => {
    setUp()
    scene.judge = (id) => (id === BAD ? FATAL : ACKED)
    await scene.relay({ poison: 'skip-after-n' }).start()
    await scene.write('a1', BAD, 'a3', 'b1')
    await scene.pass(2_000)
    expect(scene.arrived('a')).toEqual(['a1', 'a3'])
    expect((await scene.setAside()).map(({ message }) => message.id)).toEqual([BAD])
    expect(await scene.outbox.discard('0', BAD)).toBe(true)
    await scene.pass(2_000)
    expect(scene.arrived('a')).toEqual(['a1', 'a3'])
    expect(await scene.outbox.metrics()).toEqual({ depth: 0, oldestMs: null, parked: 0, blockedKeys: 0 })
  })

  test('block-key: its key waits for it, others do not, and it is told once', async () => {
    setUp()
    scene.judge = (id) => (id === BAD ? FATAL : ACKED)
    await scene.relay({ poison: ({ key }) => (key === 'a' ? 'block-key' : 'park-key') }).start()
    await scene.write('a1', BAD, 'a3', 'b1')
    await scene.pass(60_000, 100)
    await scene.write('b2')
    await scene.pass(60_000, 100)
    expect(scene.arrived()).toEqual(['a1', 'b1', 'b2'])
    expect(scene.blocked).toEqual([BAD])
    expect(await scene.outbox.metrics()).toMatchObject({ depth: 2, parked: 0, blockedKeys: 1 })
    scene.judge = () => ACKED
    await scene.pass(60_000, 100)
    expect(scene.arrived('a')).toEqual(['a1', 'a2', 'a3'])
    expect(await scene.outbox.metrics()).toMatchObject({ depth: 0, blockedKeys: 0 })
  })

  test('a long queue behind it is not kept in memory, and comes in order once it is well', async () => {
    setUp()
    scene.judge = (id) => (id === 'a1' ? FATAL : ACKED)
    await scene.relay({ poison: 'block-key', batchLimit: 50 }).start()
    await scene.write(...messagesOf('a', 1_000), ...messagesOf('b', 10))
    await scene.pass(5_000)
    expect(scene.arrived()).toEqual(messagesOf('b', 10))
    scene.judge = () => ACKED
    await scene.pass(60_000)
    expect(scene.arrived('a')).toEqual(messagesOf('a', 1_000))
  })
})

describe('several relays', () => {
  test('one stands by until the other gives its shard back', async () => {
    setUp()
    const first = scene.relay()
    await first.start()
    await scene.pass(100)
    await scene.relay().start()
    await scene.write('a1')
    await scene.pass(2_000)
    const closed = first.close()
    await scene.pass(1_000)
    await closed
    await scene.write('a2')
    await scene.pass(2_000)
    expect(scene.arrived()).toEqual(['a1', 'a2'])
  })

  test('one that was paused past its lease sends nothing more, and what it asks for is refused', async () => {
    setUp()
    const stale = (await scene.outbox.lease('0', 'stale', 1_000)) as OutboxLease
    await scene.write('a1')
    const [read] = (await stale.read(10)) as readonly [WaitingMessage]
    await scene.relay().start()
    await scene.pass(5_000)
    expect(scene.arrived()).toEqual(['a1'])
    for (const asked of [
      () => stale.read(10),
      () => stale.acknowledge([read.position]),
      () => stale.renew(1_000),
    ]) {
      await expect(asked()).rejects.toMatchObject({ code: 'fenced' })
    }
  })
})

describe('processes that die', () => {
  test('a message that every process died of is set aside, and the others are sent', async () => {
    setUp()
    await scene.write('a1', 'a2', 'b1')
    // Each of these takes the shard, begins the message it was told of, and is never heard of again.
    for (let death = 0; death < 3; death++) {
      const lease = await scene.outbox.lease('0', `dying-${death}`, 1_000)
      await lease?.read(10)
      const trouble = { position: 1, started: death + 1, finished: 0, error: '' }
      await lease?.note({ aggregate: 'order', key: 'a' }, trouble)
      await scene.pass(1_000)
    }
    await scene.relay({ attempts: 3 }).start()
    await scene.pass(10_000)
    expect(scene.parked).toEqual(['a1'])
    expect(scene.arrived()).toEqual(['b1'])
  })

  test('after deaths in a row every message is put on record before it is sent', async () => {
    const { outbox } = setUp()
    await scene.write('a1', 'b1')
    for (let death = 0; death < 3; death++) {
      await outbox.lease('0', `dying-${death}`, 1_000)
      await scene.pass(1_000)
    }
    const noted: (number | null)[] = []
    const watched = {
      shards: () => outbox.shards(),
      lease: async (...arguments_: Parameters<typeof outbox.lease>) => {
        const lease = await outbox.lease(...arguments_)
        const note = lease?.note.bind(lease)
        return (
          lease &&
          Object.assign(lease, {
            note: (...given: Parameters<typeof lease.note>) => {
              noted.push(given[1]?.started ?? null)
              return note?.(...given)
            },
          })
        )
      },
    }
    await scene.relay({ outbox: watched as never }).start()
    await scene.pass(5_000)
    expect(scene.arrived()).toEqual(['a1', 'b1'])
    expect(noted).toEqual([1, null, 1, null])
  })
})
