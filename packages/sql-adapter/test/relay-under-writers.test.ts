import { MemoryBroker, Relay } from '@holdfast/core'
import { type Outbox, type OutboxLease, receivedFrom } from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import { afterAll, describe, expect, test } from 'vitest'
import { SqlOutbox } from '../src/index.js'
import { newDatabase, type ServerKind } from './servers.js'

// A relay on a real database while many write: ids commit out of order, some never, transactions stay open, relays are cut
// off at any moment and others take over.

const KEYS = 50
const WRITERS = 8
const TRANSACTIONS = 150
const LEASE = { seconds: 1 } as const

/** Writes in transactions of its own: each takes the next version of a key under the key's lock, as a shop would. */
async function write(knex: Knex, outbox: SqlOutbox, written: Map<string, number>): Promise<void> {
  for (let count = 0; count < TRANSACTIONS; count++) {
    const key = `key-${Math.floor(Math.random() * KEYS)}`
    const isKept = Math.random() > 0.1
    const trx = await knex.transaction()
    const [row] = await trx('versions').where({ name: key }).forUpdate()
    const version = Number((row as { version: number }).version) + 1
    await trx('versions').where({ name: key }).update({ version })
    const payload = JSON.stringify({ version })
    const id = isKept ? `${key}/${version}` : `${key}/${version}/rolled-back`
    await outbox.write(trx, [
      { id, aggregate: 'thing', key, type: 'thing.told', payload, at: Date.now(), headers: {} },
    ])
    // Some stay open for long, while others, younger, commit.
    if (Math.random() < 0.05) await new Promise((resolve) => setTimeout(resolve, Math.random() * 200))
    if (isKept) {
      await trx.commit()
      // Told of later versions of a key we may be told of earlier ones still.
      written.set(key, Math.max(version, written.get(key) ?? 0))
    } else await trx.rollback()
  }
}

/** The outbox as a process sees it that can be cut off: then nothing it asks is answered, though it may have been done. */
function cuttable(outbox: Outbox) {
  let isCut = false
  const wrap = <T extends object>(of: T): T =>
    new Proxy(of, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return async (...given: unknown[]) => {
          if (isCut) return new Promise(() => {})
          const answer: unknown = await value.apply(target, given)
          if (isCut) return new Promise(() => {})
          const isLease = answer !== null && typeof answer === 'object' && 'fence' in answer
          return isLease ? wrap(answer as OutboxLease) : answer
        }
      },
    })
  return {
    outbox: wrap(outbox),
    cut: () => {
      isCut = true
    },
  }
}

for (const kind of ['postgres', 'mariadb'] as const satisfies readonly ServerKind[]) {
  const database = await newDatabase(kind)
  const knex = database?.connect({ min: 0, max: 24 })

  describe.skipIf(knex === undefined)(`a relay on ${kind} under writers`, () => {
    afterAll(async () => {
      await knex?.destroy()
      await database?.drop()
    })

    test('misses nothing and keeps every key in order, though relays die and others take over', async () => {
      if (knex === undefined) throw new Error(`${kind} cannot be had`)
      const outbox = new SqlOutbox(knex)
      await outbox.migrate()
      await knex.schema.createTable('versions', (table) => {
        table.string('name', 40).primary()
        table.integer('version')
      })
      await knex('versions').insert(
        Array.from({ length: KEYS }, (_, key) => ({ name: `key-${key}`, version: 0 })),
      )
      const broker = new MemoryBroker({ partitions: 6 })
      const begin = () => {
        const { outbox: mortal, cut } = cuttable(outbox)
        const relay = new Relay({
          outbox: mortal,
          publisher: broker.publisher(),
          leaseFor: LEASE,
          batchLimit: 100,
        })
        void relay.start()
        return { relay, cut }
      }
      let relays = [begin(), begin()]
      let isWriting = true
      const killing = (async () => {
        while (isWriting) {
          await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 700))
          for (const { cut } of relays) cut()
          relays = [begin(), begin()]
        }
      })()
      const written = new Map<string, number>()
      await Promise.all(Array.from({ length: WRITERS }, () => write(knex, outbox, written)))
      isWriting = false
      await killing
      await expect
        .poll(async () => (await outbox.metrics()).depth, { timeout: 50_000, interval: 200 })
        .toBe(0)
      for (const { relay } of relays) await relay.close()

      const firsts = new Map<string, Set<number>>()
      for (const { subject, data, id } of broker.records('holdfast.thing').map(receivedFrom)) {
        expect(id).not.toContain('rolled-back')
        const versions = firsts.get(subject) ?? new Set()
        firsts.set(subject, versions.add((data as { version: number }).version))
      }
      for (const [key, last] of written) {
        const expected = Array.from({ length: last }, (_, index) => index + 1)
        expect([...(firsts.get(key) ?? [])], key).toEqual(expected)
      }
      expect([...written.values()].reduce((sum, last) => sum + last, 0)).toBeGreaterThan(
        WRITERS * TRANSACTIONS * 0.8,
      )
    }, 120_000)
  })
}
