import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { KafkaCluster } from '../../services/kafka-cluster.js'
import { arrivedAt } from './arrived.js'
import { change, knexAt, outboxOf } from './place.js'
import { hasServers, NOTHING_LOST, placeForTest, startRelay } from './scene.test-support.js'
import { drained, write } from './writing.js'

describe.skipIf(!hasServers)('a relay of PostgreSQL to Kafka', { timeout: 600_000 }, () => {
  const steps = ['lease', 'read', 'publishBatch', 'acknowledge', 'renew'].flatMap((method) =>
    (['before', 'after'] as const).flatMap((when) =>
      (method === 'lease' ? [1] : [1, 3]).map((nth) => ({ method, when, nth })),
    ),
  )

  test('that is killed at any step loses nothing, and keeps each key in order', async () => {
    const place = await placeForTest()
    let killed = 0
    for (const death of steps) {
      await write(place, { keys: 20, versions: 10 })
      const relay = startRelay(place, { death, leaseMs: 600 })
      // Where there is no such step any more, it has sent all before.
      const isDone = await Promise.race([relay.end().then(() => false), drained(place).then(() => true)])
      if (isDone) await relay.end('SIGKILL')
      else killed++
    }
    expect(killed).toBeGreaterThan(steps.length / 2)
    const last = startRelay(place)
    await drained(place)
    expect(await last.end('SIGTERM')).toBe(0)
    expect(await arrivedAt(place)).toMatchObject({ written: steps.length * 200, ...NOTHING_LOST })
  })

  test('that is paused past its lease, while another takes over, changes nothing when it goes on', async () => {
    const place = await placeForTest()
    await write(place, { keys: 50, versions: 20 })
    const first = startRelay(place, { leaseMs: 1_000, batchLimit: 20 })
    await first.says('sent')
    first.signal('SIGSTOP')
    const second = startRelay(place, { leaseMs: 1_000, batchLimit: 20 })
    await second.says('sent')
    await write(place, { keys: 50, versions: 5 })
    first.signal('SIGCONT')
    await write(place, { keys: 50, versions: 5 })
    await drained(place)
    expect([await first.end('SIGTERM'), await second.end('SIGTERM')]).toEqual([0, 0])
    expect(await arrivedAt(place)).toMatchObject({ written: 1_500, ...NOTHING_LOST })
  })

  test('misses nothing that is written early and committed late', async () => {
    const place = await placeForTest()
    const relay = startRelay(place)
    const knex = knexAt(place.databaseUrl)
    onTestFinished(() => knex.destroy())
    const outbox = outboxOf(knex)
    for (let round = 0; round < 5; round++) {
      const late = await knex.transaction()
      await change(outbox, late, 'late')
      // Others begin later and are there before it.
      await write(place, { keys: 20, versions: 3 })
      await pause(300)
      await late.commit()
    }
    await drained(place)
    await relay.end('SIGTERM')
    expect(await arrivedAt(place)).toMatchObject({ written: 305, repeated: 0, ...NOTHING_LOST })
  })

  test('goes on beside a transaction that is held open for long', async () => {
    const place = await placeForTest()
    const knex = knexAt(place.databaseUrl)
    onTestFinished(() => knex.destroy())
    // It has a snapshot and an id of its own: nothing that is deleted meanwhile can be cleared away.
    const old = await knex.transaction(undefined, { isolationLevel: 'repeatable read' })
    await old.raw('create table held ()')
    const relay = startRelay(place, { batchLimit: 500 })
    for (let round = 0; round < 5; round++) {
      await write(place, { keys: 100, versions: 10 })
      await drained(place)
    }
    await old.rollback()
    await write(place, { keys: 100, versions: 1 })
    await drained(place)
    await relay.end('SIGTERM')
    expect(await arrivedAt(place)).toMatchObject({ written: 5_100, repeated: 0, ...NOTHING_LOST })
  })

  test('goes on when its database ends every connection', async () => {
    const place = await placeForTest()
    const relay = startRelay(place, { batchLimit: 20 })
    const knex = knexAt(place.databaseUrl)
    onTestFinished(() => knex.destroy())
    for (let round = 0; round < 5; round++) {
      await write(place, { keys: 50, versions: 4 })
      await knex.raw(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
    }
    await drained(place)
    expect(await relay.end('SIGTERM')).toBe(0)
    expect(await arrivedAt(place)).toMatchObject({ written: 1_000, ...NOTHING_LOST })
  })

  test('goes on when its broker was killed and is back', async () => {
    const cluster = await KafkaCluster.start(1)
    onTestFinished(() => cluster.stop())
    const place = await placeForTest(cluster.brokers)
    const relay = startRelay(place, { batchLimit: 20 })
    await write(place, { keys: 50, versions: 10 })
    await relay.says('sent')
    await cluster.end(1, 'SIGKILL')
    await write(place, { keys: 50, versions: 10 })
    await pause(2_000)
    await cluster.run(1)
    await write(place, { keys: 50, versions: 10 })
    await drained(place)
    await relay.end('SIGTERM')
    expect(await arrivedAt(place)).toMatchObject({ written: 1_500, ...NOTHING_LOST })
  })
})
