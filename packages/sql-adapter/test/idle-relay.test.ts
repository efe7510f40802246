import { setTimeout as pause } from 'node:timers/promises'
import { MemoryBroker, Relay } from '@holdfast/core'
import { expect, onTestFinished, test } from 'vitest'
import { SqlOutbox } from '../src/index.js'
import { canBeHad, newDatabase, type ServerKind } from './servers.js'

const WATCHED_MS = 10_000

const KINDS: readonly ServerKind[] = ['postgres', 'mariadb']
const canHave = new Map(await Promise.all(KINDS.map(async (kind) => [kind, await canBeHad(kind)] as const)))

test.for(KINDS)(
  'a relay that has nothing to send asks %s at most twice a second, its leases included',
  { timeout: 60_000 },
  async (kind, { skip }) => {
    skip(canHave.get(kind) !== true, `${kind} cannot be had`)
    const database = await newDatabase(kind)
    if (database === null) throw new Error(`${kind} is gone`)
    const knex = database.connect()
    const outbox = new SqlOutbox(knex)
    await outbox.migrate()
    const broker = new MemoryBroker()
    const relay = new Relay({ outbox, publisher: broker.publisher() })
    onTestFinished(async () => {
      await relay.close()
      await knex.destroy()
      await database.drop()
    })
    let asked = 0
    knex.on('query', () => asked++)
    const tell = async (id: string) => {
      const message = { id, aggregate: 'order', key: 'a', type: 'order.told', payload: '{}', headers: {} }
      await knex.transaction((trx) => outbox.write(trx, [{ ...message, at: Date.now() }]))
      await expect.poll(() => broker.records('holdfast.order').length, { timeout: 10_000 }).toBe(Number(id))
    }
    await relay.start()
    await tell('1')
    // Its rests grow from the last message on.
    await pause(5_000)
    asked = 0
    await pause(WATCHED_MS)
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThanOrEqual((2 * WATCHED_MS) / 1_000)
    // It was asleep, not dead.
    await tell('2')
  },
)
