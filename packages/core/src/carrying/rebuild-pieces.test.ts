import { describe, expect, it } from 'vitest'
import { DeskWorker } from '../desk/desk-worker.js'
import { OrderDesk } from '../desk/order-desk.js'
import { MINUTE, orderOf, VirtualClock } from '../desk/shop.test-support.js'
import { MemoryStore } from '../memory/store.js'
import { isElsewhere, isPieceId, isWhole, pieceNamed } from '../partition/piece-names.js'
import { policy, sell } from './sale.test-support.js'

// A store of several partitions: all of them lost, or one, while orders lie in pieces.

const PARTITIONS = 4
const NAMES = Array.from({ length: PARTITIONS }, (_, n) => `p00${n}`)
const OF_TWO = [
  { sku: 'A', quantity: 1 },
  { sku: 'B', quantity: 1 },
]

function openShop() {
  const clock = new VirtualClock()
  const ledger = new MemoryStore({ clock })
  const open = (store = new MemoryStore({ clock, partitions: PARTITIONS })) => {
    const desk = new OrderDesk({ store, ledger, policy, clock: () => clock.now() })
    return { store, desk, worker: new DeskWorker(desk) }
  }
  return { clock, ledger, open, ...open() }
}

type Shop = ReturnType<typeof openShop>

async function expectWhole({ desk, worker, clock, ledger }: Omit<Shop, 'open'>, minutes = 6): Promise<void> {
  // Pieces whose home was lost are given back at their order's deadline.
  for (let n = 0; n < 4; n++) {
    await worker.runOnce().catch(() => {})
    clock.pass(minutes * MINUTE)
  }
  await worker.runOnce()
  expect(await desk.audit()).toMatchObject({ ok: true, differences: [], comparedWithLedger: true })
  expect(await new OrderDesk({ store: ledger, policy: {} }).audit()).toMatchObject({ ok: true })
  const { wholes, pieces } = await unitsOf(ledger)
  expect(wholes).toEqual(pieces)
}

/** Units of each order, as the whole says, and as its pieces have them. */
async function unitsOf(ledger: MemoryStore) {
  const query = { kind: 'list', of: 'reservations', cursor: null, limit: 100_000 } as const
  const { reservations } = await ledger.read('main', query)
  const [wholes, pieces]: Record<string, number>[] = [{}, {}]
  for (const { id, state } of reservations) {
    if (state.status !== 'held' && state.status !== 'confirmed') continue
    const named = pieceNamed(id)
    if (named === null && !isWhole(id, state.home)) continue
    const order = `${named?.id ?? id} ${state.status}`
    const sums = (named === null ? wholes : pieces) as Record<string, number>
    for (const { account, quantity, returned } of state.lines)
      if (!isElsewhere(account) && quantity > returned) sums[order] = (sums[order] ?? 0) + quantity - returned
  }
  return { wholes, pieces }
}

/** Orders in pieces, of every kind that stands for a while. */
async function standing({ desk }: Pick<Shop, 'desk'>): Promise<void> {
  // Something lies in every partition.
  for (const sku of [...'ABCDEFGHIJKL']) await desk.restock({ id: `more ${sku}`, sku, quantity: 50 })
  for (const id of ['held', 'paid', 'smaller', 'cancelled', 'returned'])
    expect(await desk.place(orderOf(id, id, OF_TWO))).toMatchObject({ ok: true, admission: 'pieced' })
  await desk.recordPayment({ orderId: 'paid', paymentId: 'pays paid' })
  await desk.shrink({ orderId: 'smaller', keep: [{ sku: 'A', quantity: 1 }] })
  await desk.cancel({ orderId: 'cancelled', by: 'seller' })
  await desk.recordPayment({ orderId: 'returned', paymentId: 'pays returned' })
  await desk.returnUnits({ orderId: 'returned', id: 'back 1', lines: [{ sku: 'A', quantity: 1 }] })
}

async function goOn({ desk }: Pick<Shop, 'desk'>): Promise<void> {
  for (const orderId of ['held', 'paid', 'smaller', 'cancelled', 'returned', 'order 3'])
    await desk.order(orderId).catch(() => {})
  for (const id of ['held', 'paid'])
    expect(await desk.place(orderOf(id, id, OF_TWO))).toMatchObject({ ok: true, replayed: true })
  for (const id of ['held', 'smaller'])
    expect(await desk.recordPayment({ orderId: id, paymentId: `pays ${id}` })).toMatchObject({ ok: true })
  expect(await desk.recordPayment({ orderId: 'paid', paymentId: 'pays paid' })).toMatchObject({
    replayed: true,
  })
  await desk.returnUnits({ orderId: 'returned', id: 'back 2', lines: [{ sku: 'B', quantity: 1 }] })
  await desk.rollBack({ orderId: 'paid', reason: 'out of luck' })
  expect(await desk.place(orderOf('another', 'another', OF_TWO))).toMatchObject({ ok: true })
}

/** The first call at each partition learns that it is another. */
async function learn({ desk }: Pick<Shop, 'desk'>): Promise<void> {
  for (let n = 0; n < 3 * PARTITIONS; n++)
    await desk.place(orderOf(`learns ${n}`, `learns ${n}`, OF_TWO)).catch(() => {})
}

it('all of it is made anew, and orders in pieces go on', async () => {
  const shop = openShop()
  await sell(shop.desk, shop.clock, shop.worker)
  await standing(shop)
  await shop.worker.runOnce()
  const fresh = { ...shop, ...shop.open() }
  const plan = await fresh.desk.planRebuild()
  expect(plan.partitions.map(({ partition }) => partition)).toEqual(NAMES)
  expect(await fresh.desk.rebuild(plan)).toMatchObject({ ok: true })
  await expectWhole(fresh, 1)
  await goOn(fresh)
  await expectWhole(fresh)
})

describe.each(NAMES)('%s alone', (name) => {
  it('is made anew, and orders that have pieces there go on', async () => {
    const shop = openShop()
    const { desk, store, worker } = shop
    await sell(desk, shop.clock, worker)
    await standing(shop)
    await worker.runOnce()
    await store.rebuilding.begin(name, 2)
    const plan = await desk.planRebuild()
    expect(plan.partitions).toMatchObject([{ partition: name, found: 'emptied' }])
    await desk.rebuild(plan)
    await learn(shop)
    await goOn(shop)
    await expectWhole(shop)
  })

  it('is made anew, and an order whose piece was lost there is ended', async () => {
    const shop = openShop()
    const { desk, store, worker, ledger } = shop
    await standing(shop)
    await worker.runOnce()
    const lease = await store.feed.lease(name, 'nobody', MINUTE)
    expect(await desk.place(orderOf('short', 'short', OF_TWO))).toMatchObject({ ok: true })
    for (const other of NAMES) if (other !== name) await desk.parts.chain?.carrier.drain(other)
    await store.rebuilding.begin(name, 2)
    await lease?.release()
    const pays = desk.recordPayment({ orderId: 'short', paymentId: 'pi' }, { deadline: { seconds: 1 } })
    const paid = await pays.catch(({ code }: { code: string }) => code)
    expect(['fenced', 'unknown', 'stream-gap', 'store-failed']).toContain(paid)
    await desk.rebuild(await desk.planRebuild())
    await learn(shop)
    await expectWhole(shop)
    const pieces = (
      await ledger.snapshot('main', (read) =>
        read({ kind: 'list', of: 'reservations', cursor: null, limit: 10_000 }),
      )
    ).reservations.filter(({ id }) => isPieceId(id) && id.includes('"short"'))
    const isHeld = pieces.some(({ state }) => state.status === 'held' || state.status === 'confirmed')
    const order = await desk.order('short')
    // Where nothing of it was lost it stands, whole.
    if (isHeld) expect(order?.status).toMatch(/^(awaiting-payment|paid)$/)
    else expect(order?.status ?? 'lost').not.toMatch(/^(awaiting-payment|paid)$/)
  })
})
