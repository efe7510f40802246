import { describe, expect, it, onTestFinished } from 'vitest'
import { OwnServer } from '../../../../packages/redis-adapter/test/own-server.js'
import { Child } from '../child.js'
import type { DeathAt } from '../dying.js'
import { type ChainPlace, openChain } from './place.js'
import { type Engine, engines, newPlace, startCarrier } from './scene.test-support.js'
import { compared, sell, stock, THE_SAME } from './selling.js'

// Redis is lost, or comes back as it was before: it is made anew of what the database has.

const IN_MEMORY = { appendonly: 'no' }
const POLL = { timeout: 40_000 }
const order = (id: string) => ({ id, buyer: { user: id }, lines: [{ sku: 'sku 0', quantity: 1 }] })

async function ownServer(settings: Record<string, string> = IN_MEMORY): Promise<OwnServer> {
  const server = await OwnServer.start(settings)
  onTestFinished(() => server.stop())
  return server
}

/** A desk on a server of the test's own. */
async function openedOn(server: OwnServer, like: ChainPlace) {
  const place = { ...like, redisUrl: `redis://127.0.0.1:${server.port}/0` }
  const chain = await openChain(place)
  onTestFinished(() => chain.close())
  return { ...chain, place }
}

async function soldOn(server: OwnServer, engine: Engine) {
  const chain = await openedOn(server, await newPlace(engine))
  await chain.store.create()
  await stock(chain)
  await sell(chain, 0, 60)
  expect(await compared(chain)).toEqual(THE_SAME)
  return chain
}

type Sold = Awaited<ReturnType<typeof soldOn>>

async function rebuilt({ desk }: Sold, found: string): Promise<void> {
  const plan = await desk.planRebuild()
  expect(plan.partitions).toMatchObject([{ partition: 'main', found }])
  expect(await desk.rebuild(plan)).toMatchObject({ ok: true })
}

/** Places and pays until it is stopped. Tells what was answered. */
function startSelling({ desk }: Sold) {
  const [placed, paid]: [string[], string[]] = [[], []]
  const deadline = { deadline: { seconds: 2 } }
  let isStopped = false
  const caller = async (name: number) => {
    for (let n = 0; !isStopped; n++) {
      const id = `${name}/${n}`
      try {
        if (!(await desk.place(order(id), deadline)).ok) return
        placed.push(id)
        if (n % 2 > 0) continue
        if ((await desk.recordPayment({ orderId: id, paymentId: `pays ${id}` }, deadline)).ok) paid.push(id)
      } catch {
        // Nobody was told that it is done.
      }
    }
  }
  const ended = Promise.all(Array.from({ length: 8 }, (_, name) => caller(name)))
  const stop = () => {
    isStopped = true
    return ended
  }
  return { placed, paid, stop }
}

describe.skipIf(!OwnServer.canRun())('Redis before a database', () => {
  it.each(engines)(
    'killed with nothing kept, in the middle of a sale on %s: what was acknowledged is there, and sold once',
    async (engine) => {
      const server = await ownServer()
      const chain = await soldOn(server, engine)
      const { desk, ledger, place } = chain
      const carrier = startCarrier(place)
      await carrier.says('carries')
      const selling = startSelling(chain)
      await expect.poll(() => selling.paid.length, POLL).toBeGreaterThan(20)
      carrier.signal('SIGSTOP')
      await selling.stop()
      const { placed, paid } = selling
      // Nobody else carries it: it is lost.
      for (const id of ['tail 0', 'tail 1']) expect(await desk.place(order(id))).toMatchObject({ ok: true })
      await server.kill()
      await server.run()
      carrier.signal('SIGCONT')
      await expect(desk.place(order('fenced'))).rejects.toMatchObject({ code: 'fenced' })
      await rebuilt(chain, 'emptied')
      await expect.poll(() => compared(chain), POLL).toEqual(THE_SAME)
      for (const id of paid)
        expect(await desk.recordPayment({ orderId: id, paymentId: `pays ${id}` })).toMatchObject({
          ...{ ok: true, replayed: true, status: 'paid' },
        })
      const known = await ledger.readOrders(placed)
      for (const [index, id] of placed.entries()) {
        const state = known[index] ?? null
        if (state !== null) expect(await desk.place(order(id))).toMatchObject({ ok: true, replayed: true })
      }
      const before = await desk.availability({ sku: 'sku 0' })
      const lost = await desk.recordPayment({ orderId: 'tail 0', paymentId: 'pays nothing' })
      expect(lost).toMatchObject({ ok: false, reason: 'unknown-order' })
      expect(await desk.availability({ sku: 'sku 0' })).toEqual(before)
      expect(await desk.place(order('tail 0'))).toMatchObject({ ok: true, replayed: false })
      expect(await desk.restock({ id: 'delivery 0', sku: 'sku 0', quantity: 1_000 })).toMatchObject({
        replayed: true,
      })
      await sell(chain, 1_000, 40)
      await expect.poll(() => compared(chain), POLL).toEqual(THE_SAME)
    },
    120_000,
  )

  it('restored as it was before is found out, and made what the database has', async () => {
    const server = await ownServer()
    const chain = await soldOn(server, 'sqlite')
    const { desk, redis, ledger } = chain
    await redis.save()
    await desk.place(order('since'))
    await desk.recordPayment({ orderId: 'since', paymentId: 'pi' })
    await server.kill()
    await server.run()
    expect(await desk.place(order('other'))).toMatchObject({ ok: true })
    const pays = desk.recordPayment({ orderId: 'other', paymentId: 'pi' })
    await expect(pays).rejects.toMatchObject({ code: 'stream-gap' })
    await rebuilt(chain, 'gap')
    await expect(desk.place(order('other'))).rejects.toMatchObject({ code: 'fenced' })
    expect(await desk.place(order('since'))).toMatchObject({ replayed: true, order: { status: 'paid' } })
    expect(await ledger.readOrders(['other'])).toEqual([null])
    expect(await compared(chain)).toEqual(THE_SAME)
  })

  it('emptied and opened for sale by somebody is found out, and made what the database has', async () => {
    const server = await ownServer()
    const chain = await soldOn(server, 'sqlite')
    await server.kill()
    await server.run()
    await chain.store.create()
    await chain.desk.restock({ id: 'by hand', sku: 'sku 0', quantity: 5 }).catch(() => {})
    const { partitions } = await chain.desk.planRebuild()
    expect(partitions).toMatchObject([{ found: 'other-epoch' }])
    await rebuilt(chain, 'other-epoch')
    await chain.store.create()
    await expect.poll(() => compared(chain).catch(() => null), POLL).toEqual(THE_SAME)
  })

  it('whose old primary can still be written to, sells nothing there that is ever paid', async () => {
    const primary = await ownServer({ ...IN_MEMORY, 'repl-diskless-sync-delay': '0' })
    const old = await soldOn(primary, 'sqlite')
    const replica = await ownServer({ ...IN_MEMORY, replicaof: `127.0.0.1 ${primary.port}` })
    await expect.poll(() => old.redis.info('replication'), POLL).toMatch(/state=online/)
    // The replica stays behind.
    await old.redis.config('SET', 'client-output-buffer-limit', 'replica 1 1 1')
    await replica.connect().call('REPLICAOF', 'NO', 'ONE')
    await old.desk.place(order('since'))
    await old.desk.recordPayment({ orderId: 'since', paymentId: 'pi' })
    const fresh = await openedOn(replica, old.place)
    await rebuilt({ ...fresh }, 'gap')
    const tail = Array.from({ length: 5 }, (_, n) => `tail ${n}`)
    for (const id of tail) {
      expect(await old.desk.place(order(id))).toMatchObject({ ok: true })
      const pays = old.desk.recordPayment({ orderId: id, paymentId: 'pi' })
      await expect(pays).rejects.toMatchObject({ code: expect.stringMatching(/^(fenced|stream-gap)$/) })
    }
    const worker = startCarrier(old.place)
    await worker.says('halted')
    expect(await fresh.ledger.readOrders(tail)).toEqual(tail.map(() => null))
    expect(await fresh.desk.order('since')).toMatchObject({ status: 'paid' })
    expect(await compared(fresh)).toEqual(THE_SAME)
  })

  it('is rebuilt by one of two who do it at once', async () => {
    const server = await ownServer()
    const chain = await soldOn(server, 'sqlite')
    await server.kill()
    await server.run()
    const other = await openedOn(server, chain.place)
    const plans = [await chain.desk.planRebuild(), await other.desk.planRebuild()] as const
    const done = await Promise.all([chain.desk.rebuild(plans[0]), other.desk.rebuild(plans[1])])
    expect(done.map(({ ok }) => ok).sort()).toEqual([false, true])
    expect(await chain.desk.planRebuild()).toEqual({ partitions: [] })
    expect(await compared(other)).toEqual(THE_SAME)
  })

  const steps = ['raiseEpoch', 'begin', 'load', 'contents', 'open'] as const
  const deaths = steps.flatMap((method) =>
    (['before', 'after'] as const).map((when): DeathAt => ({ method, when, nth: method === 'load' ? 2 : 1 })),
  )
  it.each(deaths)('is rebuilt by another, where the first died $when its $method', async (death) => {
    const server = await ownServer()
    const chain = await soldOn(server, 'sqlite')
    await server.kill()
    await server.run()
    const program = './chain/rebuilding-process.ts'
    expect(await Child.start(program, { ...chain.place, death }).end()).toBe('SIGKILL')
    const isOpen = death.method === 'open' && death.when === 'after'
    if (!isOpen) await expect(chain.desk.place(order('fenced'))).rejects.toMatchObject({ code: 'fenced' })
    await chain.store.create()
    const survivor = Child.start(program, { ...chain.place, death: null })
    expect(await survivor.end()).toBe(0)
    expect(survivor.said).toContain('rebuilt')
    await chain.desk.place(order('fenced')).catch(() => {})
    await sell(chain, 100, 40)
    await expect.poll(() => compared(chain).catch(() => null), POLL).toEqual(THE_SAME)
  })
})
