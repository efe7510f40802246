import { DeskWorker } from '@holdfast/core'
import { expect, it } from 'vitest'
import { Gate } from './gate.js'
import { engines, hasRedis, newPlace, openedAt, startCarrier } from './scene.test-support.js'
import { compared, sell, stock, THE_SAME, toldBy } from './selling.js'

// Redis decides, a database follows: what becomes of both when something breaks between them.

const test = it.skipIf(!hasRedis || !engines.includes('postgres'))
const POLL = { timeout: 40_000 }
const order = (id: string) => ({ id, buyer: { user: id }, lines: [{ sku: 'sku 0', quantity: 1 }] })

test('a payment right after its reserve, with no worker running, is answered once it is durable', async () => {
  const chain = await openedAt(await newPlace('postgres'))
  await stock(chain)
  await chain.desk.place(order('o'))
  expect(await chain.ledger.readOrders(['o'])).toEqual([null])
  await chain.desk.recordPayment({ orderId: 'o', paymentId: 'pi' })
  expect(await chain.ledger.readOrders(['o'])).toMatchObject([{ status: 'paid', payment: 'pi' }])
})

test.each([undefined, 4])(
  'of two workers, over %s partitions, one paused past its lease does no harm',
  async (partitions) => {
    const place = await newPlace('postgres', partitions)
    const chain = await openedAt(place)
    await stock(chain)
    const [one, two] = [startCarrier(place), startCarrier(place)]
    await Promise.all([one.says('carries'), two.says('carries')])
    await sell(chain, 0, 80)
    one.signal('SIGSTOP')
    await sell(chain, 100, 80)
    await expect.poll(() => compared(chain), POLL).toEqual(THE_SAME)
    one.signal('SIGCONT')
    await sell(chain, 200, 80)
    await expect.poll(() => compared(chain), POLL).toEqual(THE_SAME)
    const ids = await toldBy(chain)
    expect(new Set(ids).size).toBe(ids.length)
    expect([...one.said, ...two.said].filter((line) => line.startsWith('halted'))).toEqual([])
  },
)

test('a missing entry halts what follows, loudly, and nothing is read past it', async () => {
  const place = await newPlace('postgres')
  const chain = await openedAt(place)
  await stock(chain)
  const [carried] = await chain.ledger.carried(['main'])
  for (let n = 0; n < 5; n++) await chain.desk.place(order(`o${n}`))
  const stream = `${place.prefix}{main}:outbox`
  const entries = await chain.redis.xrange(stream, '-', '+')
  await chain.redis.xdel(stream, entries.at(-2)?.[0] ?? '')
  const worker = startCarrier(place)
  await worker.says('halted')
  const pays = chain.desk.recordPayment({ orderId: 'o0', paymentId: 'pi' })
  await expect(pays).rejects.toMatchObject({ code: expect.stringMatching(/^(stream-gap|unknown)$/) })
  expect(await chain.desk.place(order('later'))).toMatchObject({ ok: true })
  const [after] = await chain.ledger.carried(['main'])
  expect(after?.sequence).toBeLessThan((carried?.sequence ?? 0) + entries.length)
})

test('a server that lost its last writes and went on is found out, though it used their numbers again', async () => {
  const place = await newPlace('postgres')
  const chain = await openedAt(place)
  await stock(chain)
  await chain.desk.place(order('kept'))
  const keys = await chain.redis.keys(`${place.prefix}*`)
  const copies = await Promise.all(keys.map((key) => chain.redis.dumpBuffer(key)))
  await chain.desk.place(order('lost'))
  await chain.desk.recordPayment({ orderId: 'kept', paymentId: 'pi' })
  // As a replica that was behind takes over.
  for (const key of await chain.redis.keys(`${place.prefix}*`)) await chain.redis.unlink(key)
  for (const [index, key] of keys.entries()) await chain.redis.restore(key, 0, copies[index] as Buffer)
  await expect(chain.desk.cancel({ orderId: 'kept', by: 'buyer' })).rejects.toMatchObject({
    code: 'stream-gap',
  })
  for (let n = 0; n < 5; n++) await chain.desk.place(order(`again ${n}`))
  const pays = chain.desk.recordPayment({ orderId: 'again 1', paymentId: 'pi' })
  await expect(pays).rejects.toMatchObject({ code: 'stream-gap' })
  expect(await chain.ledger.readOrders(['kept', 'again 1'])).toMatchObject([{ status: 'paid' }, null])
})

test('a server that was emptied and opened anew is not followed: what the database knows is not sold again', async () => {
  const place = await newPlace('postgres')
  const chain = await openedAt(place)
  await stock(chain)
  await chain.desk.place(order('o'))
  await chain.desk.recordPayment({ orderId: 'o', paymentId: 'pi' })
  await chain.redis.unlink(await chain.redis.keys(`${place.prefix}*`))
  await expect(chain.desk.place(order('fenced'))).rejects.toMatchObject({ code: 'fenced' })
  await chain.store.create()
  expect(await chain.desk.place(order('unknown'))).toMatchObject({ ok: false, reason: 'account-unknown' })
  const restocked = chain.desk.restock({ id: 'delivery 0', sku: 'sku 0', quantity: 1_000 })
  await expect(restocked).rejects.toMatchObject({ code: 'stream-gap' })
  expect(await chain.ledger.readOrders(['o'])).toMatchObject([{ status: 'paid' }])
})

test('while the database is away orders are placed, nothing is settled, and all of it is there once it is back', async () => {
  const place = await newPlace('postgres')
  const gate = await Gate.to(place.ledger)
  const chain = await openedAt({ ...place, ledger: gate.url })
  await stock(chain)
  const worker = new DeskWorker(chain.desk).on('error', () => {})
  await worker.start()
  await sell(chain, 0, 40)
  await gate.close()
  expect(await chain.desk.place(order('meanwhile'))).toMatchObject({ ok: true })
  const payment = { orderId: 'meanwhile', paymentId: 'pi' }
  await expect(chain.desk.recordPayment(payment, { deadline: { milliseconds: 400 } })).rejects.toMatchObject({
    code: 'unknown',
  })
  await sell(chain, 100, 40)
  await gate.open()
  expect(await chain.desk.recordPayment(payment, { deadline: { seconds: 30 } })).toMatchObject({
    ...{ ok: true, status: 'paid', replayed: true },
  })
  await expect.poll(() => compared(chain), POLL).toEqual(THE_SAME)
  await worker.close()
  await gate.close()
})

test('a payment that Redis has forgotten is settled from the ledger', async () => {
  const place = await newPlace('postgres')
  const chain = await openedAt(place)
  await stock(chain)
  await chain.desk.place(order('o'))
  await chain.desk.cancel({ orderId: 'o', by: 'seller' })
  await chain.redis.hdel(`${place.prefix}{main}:reservations`, 'o')
  expect(await chain.desk.recordPayment({ orderId: 'o', paymentId: 'pi' })).toMatchObject({
    ...{ ok: false, reason: 'refund-required' },
  })
  expect(await chain.desk.order('o')).toMatchObject({ status: 'refund-required', paymentId: 'pi' })
})
