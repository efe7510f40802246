import { describe, expect, it } from 'vitest'
import type { DeathAt } from '../dying.js'
import { streamOf } from './place.js'
import { engines, hasRedis, newPlace, openedAt, startCarrier } from './scene.test-support.js'
import { compared, sell, stock, THE_SAME, toldBy } from './selling.js'

const deaths: readonly DeathAt[] = [
  { method: 'lease', when: 'after', nth: 1 },
  { method: 'carried', when: 'after', nth: 1 },
  ...(['read', 'carry', 'acknowledge'] as const).flatMap((method) =>
    (['before', 'after'] as const).map((when) => ({ method, when, nth: method === 'carry' ? 2 : 1 })),
  ),
]

describe.skipIf(!hasRedis)('Redis before a database', () => {
  describe.each(engines)('%s', (engine) => {
    const some = engine === 'postgres' ? deaths : deaths.filter(({ method }) => method === 'carry')

    it.each(some)(
      'nothing is lost, doubled or out of order by a carrier that dies $when its $method $nth',
      async (death) => {
        const place = await newPlace(engine)
        const chain = await openedAt(place)
        await stock(chain)
        for (let n = 0; n < 4; n++) await sell(chain, n * 60, 60)
        const told = (await toldBy(chain)).length
        const expected = (await streamOf(chain)).flatMap(({ events }) => events.map(({ id }) => id))
        expect(await startCarrier(place, death).end()).toBe('SIGKILL')
        const survivor = startCarrier(place)
        await sell(chain, 300, 40)
        await expect.poll(() => compared(chain), { timeout: 30_000 }).toEqual(THE_SAME)
        const ids = await toldBy(chain)
        expect(ids.slice(told, told + expected.length)).toEqual(expected)
        expect(new Set(ids).size).toBe(ids.length)
        expect(survivor.said.filter((line) => line.startsWith('halted'))).toEqual([])
      },
    )
  })
})
