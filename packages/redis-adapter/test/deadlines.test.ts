import type { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { RedisStore } from '../src/index.js'
import { reserve, supply } from './faults/commands.js'
import { newKeys } from './redis-servers.js'

const MINUTE = 60_000

const keys = await newKeys('redis')
describe.skipIf(keys === null)('a hold that is granted and extended in one batch', () => {
  if (keys === null) return
  afterAll(() => keys.drop())

  it.each([1, 2, 5])('is swept when it is due by its later deadline (%i of them)', async (count) => {
    let now = Date.UTC(2026, 5, 1, 10)
    const clock = { kind: 'virtual', now: () => now } as const
    const store = new RedisStore(keys.connect() as Redis, { keyPrefix: `${keys.prefix}${count}:`, clock })
    await store.create()
    const ids = Array.from({ length: count }, (_, n) => `order ${n}`)
    const extended = ids.map((id) => ({ kind: 'extend', id, home: id, holdMs: 25 * MINUTE }) as const)
    await store.apply('main', null, [supply('delivery', count), ...ids.map((id) => reserve(id)), ...extended])
    const sweep = async () => {
      const applied = await store.apply('main', null, [{ kind: 'sweep', limit: 100 }])
      return applied.kind === 'applied' ? applied.outcomes[0] : applied
    }
    const dueAt = now + 25 * MINUTE
    // Twice: the first looks into the group of the former deadline, and may take it out.
    now += 16 * MINUTE
    for (const _ of [1, 2]) expect(await sweep()).toMatchObject({ expired: [], nextDueAt: dueAt })
    now = dueAt
    expect(await sweep()).toMatchObject({ expired: ids, nextDueAt: null })
  })
})
