import type { Message, OutboxLease, WaitingMessage } from '@holdfast/core/adapter'
import type { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { RedisHalfMessages, RedisOutbox, type RedisStoreOptions } from '../src/index.js'
import { RelayScene } from './relay-scene.js'
import { RestartedServers } from './restarted-servers.js'

const LEASE = 60_000
const MINUTE = 60_000

function told(id: string): Message {
  return { id, aggregate: 'order', key: id, type: 'order.told', payload: '{"n":1}', at: 0, headers: {} }
}

async function leased(outbox: RedisOutbox, shard: string): Promise<OutboxLease> {
  const lease = await outbox.lease(shard, 'test', LEASE)
  if (lease === null) throw new Error(`another has ${shard}`)
  return lease
}

/** A connection that comes back by itself when the server does. */
function connectedAgain(redis: Redis): Redis {
  return redis.duplicate().on('error', () => {})
}

async function readFrom(outbox: RedisOutbox, shard: string): Promise<readonly string[]> {
  const lease = await leased(outbox, shard)
  const read = (await lease.read(10_000)) as readonly WaitingMessage[]
  await lease.release()
  return read.map(({ message }) => message.id)
}

// The server syncs every write and is killed: SIGKILL.
describe.skipIf(!RestartedServers.canRun())('a server that is killed and started again', () => {
  const servers = new RestartedServers()
  afterAll(() => servers.stop())

  it('has sent what was acknowledged, and keeps what waits', async () => {
    const server = await servers.next()
    const redis = connectedAgain(server.connect())
    const scene = new RelayScene(redis, { keyPrefix: server.prefix, durability: 'aof' })
    const { outbox } = scene.store
    await scene.store.create()
    for (let sku = 0; sku < 5; sku++)
      await scene.desk.restock({ id: `delivery ${sku}`, sku: `sku ${sku}`, quantity: 1_000 })
    await scene.sell(0, 40)
    await outbox.write([told('m1'), told('m2')])
    const all = await readFrom(outbox, 'main')

    const lease = await leased(outbox, 'main')
    const read = (await lease.read(200)) as readonly WaitingMessage[]
    const sent = read.filter((_, index) => index < 30 || index % 2 === 0)
    await lease.acknowledge(sent.map(({ position }) => position))
    await server.restart()

    await expect(outbox.lease('main', 'another', LEASE)).resolves.toBeNull()
    const acknowledged = new Set(sent.map(({ message }) => message.id))
    await lease.release()
    expect(await readFrom(outbox, 'main')).toEqual(all.filter((id) => !acknowledged.has(id)))
    expect(await readFrom(outbox, 'messages')).toEqual(['m1', 'm2'])
    await scene.relay().relay.drain()
    expect((await outbox.metrics()).depth).toBe(0)
    expect(await scene.desk.audit()).toMatchObject({ ok: true, differences: [] })
    await scene.close()
    redis.disconnect()
  })

  it('knows what was prepared and what was decided', async () => {
    const server = await servers.next()
    const redis = connectedAgain(server.connect())
    let time = Date.UTC(2026, 5, 1)
    const options: RedisStoreOptions = {
      ...{ keyPrefix: server.prefix, durability: 'aof' },
      clock: { kind: 'virtual', now: () => time },
    }
    const halves = new RedisHalfMessages(redis, options)
    const outbox = new RedisOutbox(redis, options)
    for (const id of ['h1', 'h2', 'h3', 'h4'])
      await halves.prepare({ message: told(id), checkAt: 'here', checkAfterMs: MINUTE })
    await halves.decide('h1', 'committed')
    await halves.decide('h2', 'rolled-back')
    time += MINUTE
    const [due] = await halves.takeDue(1, MINUTE)
    await server.restart()

    const { messages } = await halves.list({ cursor: null, limit: 10 })
    expect(messages.map(({ message, status }) => [message.id, status])).toEqual([
      ['h1', 'committed'],
      ['h2', 'rolled-back'],
      ['h3', 'prepared'],
      ['h4', 'prepared'],
    ])
    expect(await readFrom(outbox, 'messages')).toEqual(['h1'])
    expect(due?.half.message.id).toBe('h3')
    const answer = { kind: 'answered', answer: 'committed' } as const
    if (due !== undefined) await halves.report(due, answer, { checks: 5, retryAfterMs: MINUTE })
    expect((await halves.takeDue(5, MINUTE)).map(({ half }) => half.message.id)).toEqual(['h4'])
    expect(await halves.decide('h1', 'rolled-back')).toEqual({ status: 'committed', isNew: false })
    expect(await readFrom(outbox, 'messages')).toEqual(['h1', 'h3'])
    redis.disconnect()
  })
})
