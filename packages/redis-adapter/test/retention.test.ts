import type { Command, Pieced } from '@holdfast/core/adapter'
import { afterAll, beforeEach, describe, expect, it, test } from 'vitest'
import * as make from '../../core/test/commands.js'
import { A, A_SOUTH, HOLD, units, use } from '../../core/test/commands.js'
import { DAY, HandClock, listed, outcomesOf } from '../../core/test/memory.js'
import { RedisStore, type RedisStoreOptions } from '../src/index.js'
import { newKeys, type TestKeys } from './redis-servers.js'

// What the store in memory forgets (core's retention.test.ts) is forgotten here, but for what was sold: no other record of it may be.

/** Steps of forgetting are at least so far apart, ms. */
const STEP = 1_000

const keys = await newKeys('redis')
describe.skipIf(keys === null)('of what ended longer ago than retention', () => {
  if (keys !== null) testOn(keys)
})

function testOn(keys: TestKeys): void {
  afterAll(() => keys.drop())
  const redis = keys.connect()
  let stores = 0
  let prefix: string
  let clock: HandClock
  let store: RedisStore

  async function open(options: RedisStoreOptions = {}): Promise<void> {
    prefix = `${keys.prefix}${stores++}:`
    clock = new HandClock(Date.UTC(2026, 5, 1, 10))
    const setting = { keyPrefix: prefix, clock: { kind: 'virtual', now: () => clock.now() } } as const
    store = new RedisStore(redis as never, { ...setting, ...options })
    await store.create()
  }

  const run = (...commands: Command[]) => outcomesOf(store, commands)

  beforeEach(async () => {
    await open()
    await run(make.supply('delivery', A, 10))
  })

  async function kindAfter(ms: number, command: Command): Promise<string | undefined> {
    clock.time += ms
    await run(make.sweep())
    await store.forgetEnded('main')
    return (await run(command))[0]?.kind
  }

  const size = (kind: string, partition = 'main') => redis.hlen(`${prefix}{${partition}}:${kind}`)

  const order = make.reserve('o', { units: [units(A, 2)], uses: [use('c', 5)] })
  const endings: readonly [string, readonly Command[]][] = [
    ['cancelled', [order, make.release('o')]],
    ['to be refunded', [order, make.release('o'), make.confirm('o')]],
    ['rolled back', [order, make.confirm('o'), make.release('o', 'rollback')]],
    ['cancelled before it came', [make.release('o')]],
  ]

  describe('the id of an order that is', () => {
    test.each(endings)('%s is remembered for 30 days, then free', async (_, commands) => {
      await run(...commands)
      expect(await kindAfter(30 * DAY - STEP, order)).toMatch(/^(replayed|tombstoned)$/)
      expect(await kindAfter(STEP, order)).toBe('granted')
    })

    test('expired is remembered from its expiry on', async () => {
      await run(order)
      clock.time += HOLD
      await run(make.sweep())
      expect(await kindAfter(30 * DAY - STEP, order)).toBe('replayed')
      expect(await kindAfter(STEP, order)).toBe('granted')
    })

    test.each([
      ['held', 'take', []],
      ['deferred', 'defer', []],
      ['owed units', 'take', [make.confirm('o')]],
      [
        'paid, which nobody else has on record,',
        'take',
        [make.confirm('o'), make.supply('more', A, 2), make.fill(A)],
      ],
    ] as const)('%s is never forgotten', async (_, stock, commands) => {
      await run(make.configure(A, 1, { backorderLimit: 5 }))
      const waiting = { ...order, holdMs: 99 * DAY, maxHoldMs: 99 * DAY, stock }
      const lines = { ...waiting.claims, units: [units(A, 12)], uses: [], backorder: true }
      await run({ ...waiting, claims: lines }, ...commands)
      expect(await kindAfter(60 * DAY, { ...waiting, claims: lines })).toBe('replayed')
    })

    test('a shop may have it remembered for another time', async () => {
      await open({ retention: { days: 2 } })
      await run(make.supply('delivery', A, 10), order, make.release('o'))
      expect(await kindAfter(2 * DAY - STEP, order)).toBe('replayed')
      expect(await kindAfter(STEP, order)).toBe('granted')
    })
  })

  it('a time that is none is refused', () => {
    const options = { retention: { days: -1 } }
    expect(() => new RedisStore(redis as never, options)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', path: 'options.retention.days' }),
    )
  })

  it('what was sold, what is counted and what is in stock stay as they are', async () => {
    await run(
      order,
      make.confirm('o'),
      make.returned('o', 'back', [units(A, 1)]),
      make.reserve('gone'),
      make.release('gone'),
    )
    const before = { accounts: await listed(store, 'accounts'), counters: await listed(store, 'counters') }
    await kindAfter(60 * DAY, make.sweep())
    expect(await listed(store, 'reservations')).toMatchObject([{ id: 'o', state: { status: 'confirmed' } }])
    expect(await listed(store, 'accounts')).toEqual(before.accounts)
    expect(await listed(store, 'counters')).toEqual(before.counters)
  })

  it('movements are remembered to the end of the day of retention, then free', async () => {
    await run(make.transfer('moved', A, A_SOUTH, 1))
    await run(make.supply('south', A_SOUTH, 1), make.transfer('moved', A, A_SOUTH, 1))
    await run(make.reserve('o'), make.confirm('o'), make.returned('o', 'back', [units(A, 1)]))
    const [begun] = [Math.floor(clock.time / DAY) * DAY]
    const left = begun + 31 * DAY - clock.time
    expect(await kindAfter(left - STEP, make.supply('delivery', A, 10))).toBe('replayed-movement')
    expect(await run(make.transfer('moved', A, A_SOUTH, 1))).toMatchObject([{ kind: 'replayed-movement' }])
    expect(await run(make.supply('delivery', A, 9))).toMatchObject([{ kind: 'id-reused' }])
    expect(await size('movements')).toBe(5)
    clock.time += STEP
    expect(await store.forgetEnded('main')).toBe(5)
    expect(await size('movements')).toBe(0)
    expect(await run(make.supply('delivery', A, 10))).toMatchObject([{ kind: 'supplied' }])
  })

  it('step by step, however many ids there are, and one a second, whoever asks', async () => {
    const cancelled = Array.from({ length: 3_000 }, (_, n) => make.release(`o${n}`))
    const held = Array.from({ length: 2_000 }, (_, n) =>
      make.reserve(`h${n}`, { holdMs: 99 * DAY, maxHoldMs: 99 * DAY }),
    )
    await run(make.supply('more', A, 2_000), ...cancelled, ...held)
    clock.time += 30 * DAY
    await run(make.reserve('young'), make.release('young'))
    const other = new RedisStore(redis as never, {
      ...{ keyPrefix: prefix, clock: { kind: 'virtual', now: () => clock.now() } },
    })
    let steps = 0
    for (; (await size('reservations')) > 2_001; steps++) {
      clock.time += STEP
      const forgotten = await (steps % 2 === 0 ? store : other).forgetEnded('main')
      expect(forgotten).toBeLessThan(1_000)
      expect(await store.forgetEnded('main')).toBe(0)
      expect(steps).toBeLessThan(30)
    }
    expect(steps).toBeGreaterThan(4)
    expect(await run(make.reserve('young'))).toMatchObject([{ kind: 'replayed' }])
  })

  it('a partition that was lost, or is being loaded, is left alone', async () => {
    await run(make.release('o'))
    clock.time += 60 * DAY
    await redis.hdel(`${prefix}{main}:meta`, 'epoch')
    expect(await store.forgetEnded('main')).toBe(0)
    expect(await size('reservations')).toBe(1)
  })

  describe('of several partitions', () => {
    let from: string
    let to: string
    beforeEach(async () => {
      await open({ partitions: 2, spread: ['A'] })
      ;[from = '', to = ''] = await store.partitions()
    })
    const at = async (partition: string, ...commands: Command[]) => {
      const applied = await store.apply(partition, null, commands)
      return applied.kind === 'applied' ? applied.outcomes : []
    }

    it('an order in pieces is remembered while something is left to do about them', async () => {
      const home = `/pieced/${from}/x`
      const step = (told: Pieced['step']): Pieced => ({ kind: 'pieced', id: 'o', home, step: told })
      const attempt = { token: 't', pieces: [] } as never
      const fingerprint = { buyer: 'ada', lines: 'x' }
      const begun = { kind: 'begin', attempt, fingerprint, refuse: null, notAfter: clock.time + DAY } as const
      const grant = {
        ...{ stock: 'taken', fingerprint, lines: [], uses: [], guards: [], risk: null, backorder: false },
        ...{ holdMs: HOLD, maxHoldMs: HOLD, data: null },
      } as const
      await at(from, step(begun), step({ kind: 'admit', token: 't', grant } as never))
      clock.time += HOLD
      await at(from, make.sweep())
      clock.time += 60 * DAY
      expect(await store.forgetEnded(from)).toBe(0)
      await at(from, step({ kind: 'followed', version: 2, strays: [] } as never))
      clock.time += STEP
      expect(await store.forgetEnded(from)).toBe(1)
      expect([await size('reservations', from), await size('homes', from)]).toEqual([0, 0])
    })

    it('what units between buckets are known by is kept: their transfer may not have come to its end', async () => {
      const opened = JSON.stringify(['opened']).padStart(129)
      const credited = JSON.stringify(['credit', from, 1, 3]).padStart(129)
      const cleared = JSON.stringify(['clear', 3]).padStart(129)
      for (const movement of [opened, credited, cleared, 'own']) await at(to, make.supply(movement, A, 1))
      clock.time += 60 * DAY
      expect(await store.forgetEnded(to)).toBe(2)
      expect(await at(to, make.supply(credited, A, 1))).toMatchObject([{ kind: 'replayed-movement' }])
      expect(await at(to, make.supply(opened, A, 1))).toMatchObject([{ kind: 'replayed-movement' }])
    })
  })
}
