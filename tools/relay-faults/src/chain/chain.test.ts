import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import createKnex from 'knex'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { serverForTests } from '../../../services/test-services.js'
import { Child } from '../child.js'
import type { DeathAt } from '../dying.js'
import { type ChainPlace, openChain, streamOf } from './place.js'
import { compared, sell, stock, THE_SAME, toldBy } from './selling.js'

const redisUrl = await serverForTests('redis')

type Engine = 'sqlite' | 'postgres' | 'mariadb'
const servers = { postgres: await serverForTests('postgres'), mariadb: await serverForTests('mariadb') }
const folder = mkdtempSync(join(tmpdir(), 'holdfast-chain-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Keys and a database of a test's own. */
async function newPlace(engine: Engine, partitions?: number): Promise<ChainPlace> {
  const name = `chain_${randomUUID().replaceAll('-', '')}`
  const place = {
    redisUrl: redisUrl ?? '',
    prefix: `${name}:`,
    ...(partitions === undefined ? {} : { partitions }),
  }
  if (engine === 'sqlite') return { ...place, ledger: join(folder, `${name}.db`) }
  const url = servers[engine] ?? ''
  const administer = async (statement: string) => {
    const knex = createKnex({ client: engine === 'postgres' ? 'pg' : 'mysql2', connection: url })
    await knex.raw(statement)
    await knex.destroy()
  }
  await administer(`create database ${name}`)
  onTestFinished(() => administer(`drop database ${name}${engine === 'postgres' ? ' with (force)' : ''}`))
  return { ...place, ledger: Object.assign(new URL(url), { pathname: `/${name}` }).href }
}

async function openedAt(place: ChainPlace) {
  const chain = await openChain(place)
  await chain.store.create()
  onTestFinished(async () => {
    const keys = await chain.redis.keys(`${place.prefix}*`)
    if (keys.length > 0) await chain.redis.unlink(keys)
    await chain.close()
  })
  return chain
}

function startCarrier(place: ChainPlace, death: DeathAt | null = null): Child {
  const child = Child.start('./chain/carrier-process.ts', { ...place, death })
  onTestFinished(async () => void (await child.end('SIGKILL')))
  return child
}

const engines = (['sqlite', 'postgres', 'mariadb'] as const).filter(
  (engine) => engine === 'sqlite' || servers[engine] !== null,
)
const deaths: readonly DeathAt[] = [
  { method: 'lease', when: 'after', nth: 1 },
  { method: 'carried', when: 'after', nth: 1 },
  ...(['read', 'carry', 'acknowledge'] as const).flatMap((method) =>
    (['before', 'after'] as const).flatMap((when) => [1, 2].map((nth) => ({ method, when, nth }))),
  ),
]

describe.skipIf(redisUrl === null)('Redis before a database', () => {
  describe.each(engines)('%s', (engine) => {
    const some =
      engine === 'postgres' ? deaths : deaths.filter(({ method, nth }) => method === 'carry' && nth === 2)

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
