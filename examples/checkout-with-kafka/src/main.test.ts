import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../../tools/services/free-port.js'
import { brokersOf } from '../../../tools/services/kafka.js'
import { serverForTests } from '../../../tools/services/test-services.js'
import { openDatabase } from './connections.js'
import { openDesk } from './desk.js'
import { Program, type ProgramName } from './program.js'
import { setUp } from './set-up.js'

const [postgres, kafka] = [await serverForTests('postgres'), await serverForTests('kafka')]
const hasServers = postgres !== null && kafka !== null
const databaseUrl = postgres ?? ''
const brokers = brokersOf(kafka ?? '').join(',')

const newShop = () => `shop_${randomUUID().replaceAll('-', '')}`
const eventually = (what: () => unknown) => expect.poll(what, { timeout: 50_000, interval: 20 })

/** One after another, while buyers buy. */
const KILLED: readonly ProgramName[] = [
  ...(['worker', 'web', 'shipping'] as const),
  ...(['web', 'worker', 'shipping'] as const),
  ...(['worker', 'shipping', 'web'] as const),
]

function cartOf(orderId: string, userId: string, sku: string, quantity: number) {
  return { orderId, userId, lines: [{ sku, quantity }], total: 29_900 * quantity }
}

async function call(method: string, url: string, body?: unknown) {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  })
  const text = await response.text()
  const type = response.headers.get('content-type')?.split(';')[0]
  return { status: response.status, type, body: text === '' ? null : (JSON.parse(text) as unknown) }
}

/** Lets each row take a while in the middle of its transaction, so that kills meet it there. */
async function slowDown(url: string, when: string): Promise<void> {
  const db = openDatabase(url)
  await db.raw(`create function takes_a_while() returns trigger language plpgsql as
    'begin perform pg_sleep(0.05); return new; end'`)
  await db.raw(`create trigger slow before ${when} for each row execute function takes_a_while()`)
  await db.destroy()
}

async function dropDatabases(shop: string): Promise<void> {
  const server = openDatabase(databaseUrl)
  for (const name of [shop, `${shop}_shipping`]) {
    await server.raw('drop database if exists ?? with (force)', [name])
  }
  await server.destroy()
}

describe.skipIf(!hasServers)('a shop of three processes', { timeout: 180_000 }, () => {
  const shop = newShop()
  const programs = new Map<ProgramName, Program>()
  const urls = new Map<ProgramName, string>()
  const server = openDatabase(databaseUrl)
  let environment: Awaited<ReturnType<typeof setUp>>

  beforeAll(async () => {
    environment = await setUp({ databaseUrl, brokers, shop })
    await slowDown(environment.web.DATABASE_URL, 'update on orders')
    await slowDown(environment.shipping.DATABASE_URL, 'insert on shipments')
    await Promise.all([start('web'), start('worker'), start('shipping')])
  })
  afterAll(async () => {
    await Promise.all([...programs.values()].map((program) => program.end()))
    await server.destroy()
    await dropDatabases(shop)
  })

  async function start(name: ProgramName): Promise<void> {
    const program = new Program(name, {
      ...environment[name],
      ...{ PORT: '0', HOLD_SECONDS: '15', PGAPPNAME: name },
    })
    programs.set(name, program)
    urls.set(name, /http:\S+$/.exec(await program.ready)?.[0] ?? '')
  }

  async function end(name: ProgramName, signal: NodeJS.Signals) {
    return programs.get(name)?.end(signal)
  }

  /** As a client does that must know: asks again, under the same ids, until there is an answer. */
  async function insist(method: string, path: string, body?: unknown) {
    for (;;) {
      const answer = await call(method, urls.get('web') + path, body).catch(() => null)
      if (answer !== null && answer.status < 500) return answer
      await pause(100)
    }
  }
  const place = (...cart: Parameters<typeof cartOf>) => insist('POST', '/checkout', cartOf(...cart))
  const pay = (orderId: string, paymentId: string) => insist('POST', '/payments', { orderId, paymentId })
  const order = async (id: string) => (await insist('GET', `/orders/${id}`)).body
  const shipments = (id: string) => call('GET', `${urls.get('shipping')}/shipments/${id}`)

  /** Rows as the databases have them, read past the programs. */
  async function rows(name: ProgramName, table: string): Promise<Record<string, unknown>[]> {
    const db = openDatabase(environment[name].DATABASE_URL)
    try {
      return await db(table)
    } finally {
      await db.destroy()
    }
  }

  /** Whether it is writing a row that takes a while, as its database sees it. */
  async function isWriting(name: ProgramName): Promise<boolean> {
    const [row] = await server('pg_stat_activity')
      .where({ application_name: name, wait_event: 'PgSleep' })
      .whereIn('datname', [shop, `${shop}_shipping`])
    return row !== undefined
  }

  const shippedOrders = async () =>
    (await rows('shipping', 'shipments')).map((shipment) => String(shipment.order_id)).sort()

  const paid: string[] = []
  const unpaid: string[] = []
  /** Placed, or not. */
  const left: string[] = []
  const refunds: { id: string; order_id: string; payment_id: string; why: string }[] = []

  it('sells what there is, and has a payment given back that comes too late or twice', async () => {
    const first = await place('late', 'ada', 'PHONE', 2)
    expect(first).toMatchObject({ status: 201, body: { payBy: expect.any(String) } })
    expect(await place('late', 'ada', 'PHONE', 2)).toEqual(first)
    expect(await place('refused', 'bob', 'PHONE', 2)).toEqual({
      status: 409,
      type: 'application/problem+json',
      body: {
        type: 'urn:holdfast:insufficient-stock',
        title: 'Not enough is left',
        status: 409,
        id: 'refused',
        lines: [{ sku: 'PHONE', pool: 'default', requested: 2, available: 1 }],
        exact: true,
      },
    })
    expect(await place('late', 'eve', 'PHONE', 2)).toMatchObject({
      body: { type: 'urn:holdfast:id-reused', differs: ['buyer'] },
    })
    expect(await order('late')).toMatchObject({
      order: { status: 'awaiting-payment' },
      row: { user_id: 'ada', status: 'awaiting-payment' },
    })

    await eventually(async () => await order('late')).toMatchObject({ order: { status: 'expired' } })
    expect((await place('quick', 'eve', 'PHONE', 2)).status).toBe(201)
    expect(await pay('quick', 'pi_quick')).toMatchObject({ status: 200, body: { status: 'paid' } })
    for (const payment of ['pi_late', 'pi_late']) {
      expect(await pay('late', payment)).toMatchObject({
        status: 200,
        body: { refund: 'refund-pi_late', why: 'insufficient-stock' },
      })
    }
    expect(await pay('nobody', 'pi_nobody')).toMatchObject({
      status: 404,
      type: 'application/problem+json',
    })
    expect((await call('POST', `${urls.get('web')}/checkout`, { orderId: 'x' })).status).toBe(400)
    paid.push('quick')
    unpaid.push('late', 'refused')
    refunds.push({
      id: 'refund-pi_late',
      order_id: 'late',
      payment_id: 'pi_late',
      why: 'insufficient-stock',
    })
    expect(await order('late')).toMatchObject({ refunds })
    await eventually(async () => (await shipments('quick')).status).toBe(200)
    expect((await shipments('late')).status).toBe(404)
  })

  it('ships each paid order once, whichever process is killed, and whenever', async () => {
    let next = 1
    let isOver = false

    async function buy(n: number): Promise<void> {
      const id = `o${n}`
      const placed = await place(id, `user-${n}`, 'CASE', 1)
      expect(placed.status).toBe(201)
      expect(await place(id, `user-${n}`, 'CASE', 1)).toEqual(placed)
      if (n % 10 === 0) {
        unpaid.push(id)
        return
      }
      expect(await pay(id, `pi_${n}`)).toMatchObject({ status: 200, body: { status: 'paid' } })
      paid.push(id)
      if (n % 7 === 0) {
        const again = { refund: `refund-pi_${n}_again`, why: 'duplicate-payment' }
        expect((await pay(id, `pi_${n}_again`)).body).toEqual(again)
        refunds.push({ id: again.refund, order_id: id, payment_id: `pi_${n}_again`, why: again.why })
      }
      expect(await pay(id, `pi_${n}`)).toMatchObject({ status: 200, body: { status: 'paid' } })
    }

    /** One who does not wait for an answer that does not come, and is not seen again. */
    async function leave(n: number): Promise<void> {
      left.push(`o${n}`)
      const cart = cartOf(`o${n}`, `user-${n}`, 'CASE', 1)
      await call('POST', `${urls.get('web')}/checkout`, cart).catch(() => pause(100))
    }

    async function client(visit: (n: number) => Promise<void>): Promise<void> {
      while (!isOver) await visit(next++)
    }
    async function killAll(): Promise<void> {
      for (const name of KILLED) {
        // The worker is killed wherever it is.
        if (name !== 'worker') await eventually(() => isWriting(name)).toBe(true)
        expect(await end(name, 'SIGKILL')).toBe('SIGKILL')
        await start(name)
      }
    }
    const killing = killAll().finally(() => {
      isOver = true
    })
    await Promise.all([killing, ...[buy, buy, buy, buy, buy, leave, leave].map(client)])
    expect(paid.length).toBeGreaterThan(24)
    await eventually(shippedOrders).toEqual([...paid].sort())
  })

  it('ships nothing twice where all events come again', async () => {
    expect(await end('shipping', 'SIGTERM')).toBe(0)
    const client = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING })
    const admin = client.admin()
    onTestFinished(() => admin.disconnect())
    await admin.connect()
    const [groupId, topic] = [`${shop}.shipping`, `${shop}.order`]
    const ends = await admin.fetchTopicOffsets(topic)
    const beginning = ends.map(({ partition }) => ({ partition, offset: '0' }))
    // A member that was killed is one for some seconds.
    await eventually(() =>
      admin.setOffsets({ groupId, topic, partitions: beginning }).then(
        () => 'set',
        () => 'not yet',
      ),
    ).toBe('set')
    await start('shipping')
    const reached = async () => {
      const [read] = await admin.fetchOffsets({ groupId, topics: [topic] })
      return read?.partitions.every(({ partition, offset }) => {
        const end = ends.find((each) => each.partition === partition)?.high ?? '0'
        return BigInt(offset) >= BigInt(end)
      })
    }
    expect(await reached()).toBe(false)
    await eventually(reached).toBe(true)
    expect(await shippedOrders()).toEqual([...paid].sort())
    for (const id of paid) expect((await shipments(id)).body, id).toHaveLength(1)
    for (const id of [...unpaid, ...left]) expect((await shipments(id)).status, id).toBe(404)
  })

  it('has sold each order once, and every unit is accounted for', async () => {
    const sold = paid.length - 1
    const db = openDatabase(environment.web.DATABASE_URL)
    const desk = openDesk(db)
    onTestFinished(async () => {
      await desk.close()
      await db.destroy()
    })
    // The worker gives back what nobody paid for.
    await eventually(async () => await desk.availability({ sku: 'CASE' })).toMatchObject({ reserved: 0 })
    expect(await desk.availability({ sku: 'CASE' })).toMatchObject({ sold, available: 1_000 - sold })
    expect(await desk.availability({ sku: 'PHONE' })).toMatchObject({ sold: 2, reserved: 0, available: 1 })
    const rowIds = (await rows('web', 'orders')).map(({ id }) => String(id))
    const stand = left.filter((id) => rowIds.includes(id))
    expect(rowIds.sort()).toEqual([...paid, ...unpaid, ...stand].sort())
    const { orders } = await desk.orders({ limit: 1_000 })
    const known = orders.map(({ id, status }) => [id, status])
    const expected = [
      ...paid.map((id) => [id, 'paid']),
      ...[...unpaid, ...stand].filter((id) => /^o/.test(id)).map((id) => [id, 'expired']),
      ['late', 'refund-required'],
    ]
    expect(known.sort()).toEqual(expected.sort())
    const byId = (one: { id?: unknown }, other: { id?: unknown }) =>
      String(one.id) < String(other.id) ? -1 : 1
    expect((await rows('web', 'refunds')).sort(byId)).toEqual(refunds.sort(byId))
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
  })

  it('ends in order when it is asked to', async () => {
    for (const name of ['web', 'worker', 'shipping'] as const)
      expect(await end(name, 'SIGTERM'), name).toBe(0)
  })
})

describe.skipIf(!hasServers)('npm run checkout', { timeout: 180_000 }, () => {
  it('sets all up, keeps the programs running, and stops them', async () => {
    const shop = newShop()
    const [port, shippingPort] = [await freePort(), await freePort()]
    const main = spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('./main.ts', import.meta.url))],
      {
        cwd: fileURLToPath(new URL('../../../', import.meta.url)),
        env: {
          ...process.env,
          ...{ DATABASE_URL: databaseUrl, KAFKA_BROKERS: brokers, SHOP: shop },
          ...{ PORT: String(port), SHIPPING_PORT: String(shippingPort) },
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    onTestFinished(async () => {
      await ended(main)
      await dropDatabases(shop)
    })
    let said = ''
    createInterface({ input: main.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      said += `${line}\n`
    })
    await eventually(() => said).toContain('Ctrl-C')
    const url = `http://127.0.0.1:${port}/orders/o1`
    expect((await call('GET', url)).status).toBe(404)
    process.kill(Number(/the shop is open: .*process (\d+)/.exec(said)?.[1]), 'SIGKILL')
    await eventually(() => said).toMatch(/web ended \(SIGKILL\); it is started again\n.*the shop is open/)
    expect((await call('GET', url)).status).toBe(404)
    expect(await ended(main)).toBe(0)
    await expect(call('GET', url)).rejects.toThrow()
    await expect(call('GET', `http://127.0.0.1:${shippingPort}/shipments/o1`)).rejects.toThrow()
  })
})

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }
  return child.exitCode
}
