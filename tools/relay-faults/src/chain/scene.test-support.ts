import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import createKnex from 'knex'
import { afterAll, onTestFinished } from 'vitest'
import { serverForTests } from '../../../services/test-services.js'
import { Child } from '../child.js'
import type { DeathAt } from '../dying.js'
import { type ChainPlace, type OpenChain, openChain } from './place.js'

const redisUrl = await serverForTests('redis')
const servers = { postgres: await serverForTests('postgres'), mariadb: await serverForTests('mariadb') }

export type Engine = 'sqlite' | keyof typeof servers

export const hasRedis = redisUrl !== null
export const engines = (['sqlite', 'postgres', 'mariadb'] as const).filter(
  (engine) => engine === 'sqlite' || servers[engine] !== null,
)

const folder = mkdtempSync(join(tmpdir(), 'holdfast-chain-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Keys and a database of a test's own. */
export async function newPlace(
  engine: Engine,
  partitions?: number,
  cluster: Partial<ChainPlace> = {},
): Promise<ChainPlace> {
  const name = `chain_${randomUUID().replaceAll('-', '')}`
  const place = {
    redisUrl: redisUrl ?? '',
    prefix: `${name}:`,
    ...(partitions === undefined ? {} : { partitions }),
    ...cluster,
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

/** A desk on them, closed after the test. */
export async function openedAt(place: ChainPlace): Promise<OpenChain> {
  const chain = await openChain(place)
  await chain.store.create()
  onTestFinished(async () => {
    // A cluster is the test's own, and ends with it.
    const keys = place.spread !== undefined ? [] : await chain.redis.keys(`${place.prefix}*`)
    if (keys.length > 0) await chain.redis.unlink(keys)
    await chain.close()
  })
  return chain
}

/** A worker in a process of its own. */
export function startCarrier(place: ChainPlace, death: DeathAt | null = null): Child {
  const child = Child.start('./chain/carrier-process.ts', { ...place, death })
  onTestFinished(async () => void (await child.end('SIGKILL')))
  return child
}
