import { OrderDesk } from '@holdfast/core'
import { LawBroken, law } from './laws/law-broken.js'
import { HOLD, MINUTE } from './shop/shop-rules.js'
import { goOn } from './world/life.js'
import type { Tally } from './world/tally.js'
import { World, type WorldOptions } from './world/world.js'

export interface SimulationOptions extends WorldOptions {
  /** Each thing asked, each worker's work, each crash and each spell of time is one. */
  readonly steps: number
  /** Told now and then how far it is. */
  readonly onStep?: (step: number) => void
}

export interface Passed {
  readonly passed: true
  readonly tally: Tally
  /** Of everything that happened; empty unless it was asked for. */
  readonly digest: string
}

export interface Failed {
  readonly passed: false
  readonly tally: Tally
  readonly digest: string
  readonly step: number
  /** Its name, or that of the error that must not be. */
  readonly law: string
  readonly message: string
  /** What happened last, oldest first. */
  readonly lastMoments: readonly string[]
}

/** Steps between two comparisons of everything, at least; in a store that holds much, as many as it holds. */
const COMPARED_EVERY = 250

/** Lives through one world. The same options give the same run, whatever the machine. */
export async function simulate(options: SimulationOptions): Promise<Passed | Failed> {
  const world = new World(options)
  const { trace, tally } = world
  try {
    for (const ask of world.stockAsks.opening()) world.ask(ask)
    await world.settle()
    for (let compareAt = COMPARED_EVERY; trace.step < options.steps; ) {
      await goOn(world)
      options.onStep?.(trace.step)
      if (trace.step < compareAt) continue
      await compareAll(world)
      compareAt = trace.step + Math.max(COMPARED_EVERY, world.store.size)
    }
    await comeToRest(world)
    return { passed: true, tally, digest: trace.digest() }
  } catch (error) {
    const isLaw = error instanceof LawBroken
    return {
      passed: false,
      tally,
      digest: trace.digest(),
      step: trace.step,
      law: isLaw ? error.law : 'only errors that a shop must be ready for',
      message: isLaw ? error.message : String(error instanceof Error ? error.stack : error),
      lastMoments: trace.lines(),
    }
  }
}

async function compareAll(world: World): Promise<void> {
  await world.store.compareAll()
  world.assertUnbroken()
  const { store } = world.store
  const report = await new OrderDesk({ store, policy: {} }).audit()
  law('the audit finds nothing', report.ok, () => report.differences)
  world.tally.count('comparisons of everything', 'made')
}

/** Faults end: everything settles within a stated time, and nobody is left in doubt. @throws LawBroken */
async function comeToRest(world: World): Promise<void> {
  const { weather, tally, orders } = world
  weather.isCalm = true
  // Delayed and doubled calls come within minutes, leases and retries end, and every hold falls due.
  await world.pass(8 * MINUTE)
  law('every call is answered', world.waiting === 0, () => ({ waiting: world.waiting }))
  await world.pass(3 * HOLD)
  for (let round = 0; round < 4; round++) {
    for (const process of [...world.processes]) void world.work(process)
    await world.settle()
    await world.pass(2 * MINUTE)
  }
  await compareAll(world)
  await assertAtRest(world)
  for (const order of orders.recent) await assertAsTold(world, order)
  tally.count('orders compared with what was told', 'at the end', orders.recent.length)
}

/** Nothing is due, queued, to be undone or to be filled any more. */
async function assertAtRest({ store: { store }, time }: World): Promise<void> {
  for (const partition of await store.partitions()) {
    const list = { kind: 'list', cursor: null, limit: 100_000 } as const
    const { reservations } = await store.read(partition, { ...list, of: 'reservations' })
    const due = reservations.filter(({ state }) => 'expiresAt' in state && state.expiresAt <= time.now())
    law('at rest no hold is overdue', due.length === 0, () => due)
    const { accounts } = await store.read(partition, { ...list, of: 'accounts', fillable: true })
    law('at rest nobody is owed what is there', accounts.length === 0, () => accounts)
  }
  const { orders } = await store.listOrders({ status: 'queued', cursor: null, limit: 10 })
  law('at rest every ticket is decided', orders.length === 0, () => orders)
  const { compensations } = await store.listCompensations({ status: 'required', cursor: null, limit: 10 })
  law('at rest every compensation is done or parked', compensations.length === 0, () => compensations)
}

async function assertAsTold(world: World, order: World['orders']['recent'][number]): Promise<void> {
  const [state] = await world.store.store.readOrders([order.id])
  // Its retention may be over.
  if (state === null || state === undefined) return
  const payment = order.expectedPayment()
  if (payment === null) return
  const isKept = (state.status === 'paid' || state.status === 'refunded') && state.payment === payment
  law('acknowledged work is kept', isKept, () => ({ id: order.id, payment, state }))
}
