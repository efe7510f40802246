import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Outbox, OutboxLease } from '../../port/outbox.js'
import type { Publisher, Sent } from '../../port/publisher.js'
import { ACKED, FATAL, RETRIABLE, RelayScene } from './relay-scene.js'

const LEASE = { seconds: 1 } as const
const KEYS = ['a', 'b', 'c', 'd', 'e']

/** Whatever is asked of it after `die` is never answered; what was under way is done, and its answer lost. */
function mortal<T extends object>(
  target: T,
  isDead: () => boolean,
  alter: (value: unknown) => unknown = (same) => same,
): T {
  return new Proxy(target, {
    get(of, name) {
      const value: unknown = Reflect.get(of, name)
      if (typeof value !== 'function' || name === 'trackOf') return value
      return async (...given: unknown[]) => {
        if (isDead()) return new Promise(() => {})
        const answer: unknown = await value.apply(of, given)
        return isDead() ? new Promise(() => {}) : alter(answer)
      }
    },
  })
}

/** A relay in a process that can be killed: its outbox, its leases and its broker are out of its reach then. */
function mortals(scene: RelayScene) {
  let dead = false
  const isDead = () => dead
  const outbox: Outbox = mortal(scene.outbox as Outbox, isDead, (answer) =>
    answer !== null && typeof answer === 'object' && 'fence' in answer
      ? mortal(answer as OutboxLease, isDead)
      : answer,
  )
  const publisher: Publisher = mortal(scene.broker.publisher(), isDead)
  return {
    outbox,
    publisher,
    kill: () => {
      dead = true
    },
  }
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      key: fc.constantFrom(...KEYS),
      count: fc.integer({ min: 1, max: 30 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('weather' as const), failing: fc.integer({ min: 0, max: 3 }) }),
  },
)

test.each([
  { policy: 'park-key', poison: false },
  { policy: 'block-key', poison: true },
  { policy: 'skip-after-n', poison: true },
  { policy: 'park-key', poison: true },
] as const)(
  'nothing is lost and every key stays in order ($policy, poison: $poison), whatever fails and whoever dies',
  async ({ policy, poison }) => {
    const steps = fc.array(step, { minLength: 5, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(steps, fc.integer(), async (history, seed) => {
        const scene = new RelayScene()
        const counts = new Map(KEYS.map((key) => [key, 0]))
        let chance = seed
        const next = () => {
          chance = (Math.imul(chance, 1_103_515_245) + 12_345) >>> 0
          return chance / 2 ** 32
        }
        let failing = 0
        const isPoison = (id: string) => poison && Number(id.slice(1)) % 17 === 5
        const judge = (id: string): Sent => {
          if (isPoison(id)) return FATAL
          return next() * 4 < failing ? RETRIABLE : ACKED
        }
        scene.judge = judge
        const begin = () => {
          const { kill, ...parts } = mortals(scene)
          void scene
            .relay({ ...parts, leaseFor: LEASE, batchLimit: 20, attempts: 1_000, poison: policy })
            .start()
          return kill
        }
        let kills = [begin(), begin()]
        for (const one of history) {
          if (one.kind === 'write') {
            const last = counts.get(one.key) as number
            counts.set(one.key, last + one.count)
            await scene.write(
              ...Array.from({ length: one.count }, (_, index) => `${one.key}${last + index + 1}`),
            )
          } else if (one.kind === 'pass') await scene.pass(one.ms, 100)
          else if (one.kind === 'weather') failing = one.failing
          else {
            for (const kill of kills) kill()
            kills = [begin(), begin()]
          }
        }
        failing = 0
        await scene.pass(60_000, 200)
        const parked = await scene.setAside()
        // What waits for an operator was set aside for a reason of its own, or behind one.
        for (const { message, reason } of parked) if (reason !== null) expect(isPoison(message.id)).toBe(true)
        scene.judge = () => ACKED
        for (const { message, reason } of parked)
          if (reason !== null) await scene.outbox.resume('0', message.id)
        await scene.pass(90_000, 200)
        expect(await scene.waiting()).toBe(0)
        for (const [key, count] of counts) {
          const all = Array.from({ length: count }, (_, index) => `${key}${index + 1}`)
          const firsts = [...new Set(scene.arrived(key))]
          if (policy === 'skip-after-n') {
            const sound = all.filter((id) => !isPoison(id))
            expect(firsts.filter((id) => !isPoison(id))).toEqual(sound)
            expect(new Set(firsts)).toEqual(new Set(all))
          } else expect(firsts).toEqual(all)
        }
        for (const kill of kills) kill()
      }),
      { numRuns: 30 },
    )
  },
)
