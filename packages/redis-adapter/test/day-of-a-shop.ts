import { DeskWorker, MemoryBroker, OrderDesk, Relay } from '@holdfast/core'
import { type Message, NO_CONTENTS } from '@holdfast/core/adapter'
import { type RedisClient, RedisHalfMessages, RedisStore, type RedisStoreOptions } from '../src/index.js'

const HALF_AN_HOUR = 30 * 60_000

/**
 * All that a shop, its workers and its relays ask of Redis in a day, short of what a cluster asks for.
 *
 * @throws what Redis refuses first
 */
export async function dayOfAShop(client: RedisClient, options: RedisStoreOptions): Promise<void> {
  let time = Date.UTC(2026, 5, 1, 10)
  const setting = { ...options, clock: { kind: 'virtual', now: () => time } } as const
  const store = new RedisStore(client, setting)
  await store.create()
  const desk = new OrderDesk({
    store,
    policy: { unpaidOrder: { per: 'user', scope: 'sku' }, backorder: true },
  })
  try {
    await sell(desk)
    await look(store)
    time += HALF_AN_HOUR
    await new DeskWorker(desk).runOnce()
    await relay(store)
    await commitHalfMessages(new RedisHalfMessages(client, setting))
    if (!(await desk.audit()).ok) throw new Error('it did not add up')
    await rebuild(store)
  } finally {
    await desk.close()
  }
}

async function sell(desk: OrderDesk): Promise<void> {
  const place = (id: string) =>
    desk.place({ id, buyer: { user: id }, lines: [{ sku: 'PHONE', quantity: 1 }] })
  await desk.restock({ id: 'opening', sku: 'PHONE', quantity: 2 })
  await desk.configure({ sku: 'PHONE', backorderLimit: 5 })
  for (const id of ['paid', 'cancelled', 'owed', 'owed and cancelled', 'expires']) await place(id)
  await desk.recordPayment({ orderId: 'paid', paymentId: 'payment' })
  for (const orderId of ['cancelled', 'owed and cancelled']) await desk.cancel({ orderId, by: 'buyer' })
  await desk.restock({ id: 'delivery', sku: 'PHONE', quantity: 9 })
}

async function look(store: RedisStore): Promise<void> {
  for (const of of ['accounts', 'reservations', 'guards', 'events', 'ledger'] as const)
    await store.read('main', { kind: 'list', of, cursor: null, limit: 10 })
}

/** As after its loss: with nothing in it. */
async function rebuild({ feed, rebuilding }: RedisStore): Promise<void> {
  const [end] = await feed.ends(['main'])
  const epoch = (end?.epoch ?? 0) + 1
  await rebuilding.begin('main', epoch)
  await rebuilding.load('main', epoch, NO_CONTENTS)
  await rebuilding.open('main', epoch, 0)
}

/** A message is refused by the broker, parked, and sent when it is resumed. */
async function relay({ outbox }: RedisStore): Promise<void> {
  const tooLarge = new Error('too large')
  let isRefused = true
  const broker = new MemoryBroker({
    partitions: 1,
    judge: ({ key }) =>
      isRefused && String(key) === 'poison' ? { kind: 'fatal', error: tooLarge } : { kind: 'acked' },
  })
  const relay = new Relay({ outbox, publisher: broker.publisher() })
  // It would try again for ever.
  const failed = new Promise<never>((_, reject) => {
    relay.on('error', (error) => {
      if (!String(error).includes(tooLarge.message)) reject(error)
    })
  })
  const relayed = async () => {
    await outbox.write([messageOf('poison'), messageOf('wholesome')])
    await relay.drain()
    await outbox.metrics()
    const { messages: parked } = await outbox.listParked({ cursor: null, limit: 10 })
    isRefused = false
    for (const { shard, message } of parked) await outbox.resume(shard, message.id)
    await relay.drain()
  }
  try {
    await Promise.race([relayed(), failed])
  } finally {
    void relay.close()
  }
}

async function commitHalfMessages(halves: RedisHalfMessages): Promise<void> {
  await halves.prepare({ message: messageOf('half'), checkAt: null, checkAfterMs: 1 })
  await halves.takeDue(10, 1_000)
  await halves.list({ status: 'prepared', cursor: null, limit: 10 })
  await halves.decide('half', 'committed')
  await halves.removeDecided(-1, 10)
}

function messageOf(key: string): Message {
  return { id: key, aggregate: 'thing', key, type: 'thing.told', payload: '{}', at: 0, headers: {} }
}
