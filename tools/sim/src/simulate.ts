import { OrderDesk } from '@holdfast/core'
import { isTransit, type Page } from '@holdfast/core/adapter'
import { every } from './laws/every.js'
import { LawBroken, law } from './laws/law-broken.js'
import { checkSlots, checkWholes } from './laws/shared-auditor.js'
import { HOLD, MINUTE } from './shop/shop-rules.js'
import type { ShopStore } from './world/audited-store.js'
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
/** The same where no batch can be judged by itself. */
const SHARED_COMPARED_EVERY = 20

/** Lives through one world. The same options give the same run, whatever the machine. */
export async function simulate(options: SimulationOptions): Promise<Passed | Failed> {
  const world = new World(options)
  const { trace, tally } = world
  const isShared = world.store.store.capabilities.partitions === 'many'
  const comparedEvery = isShared ? SHARED_COMPARED_EVERY : COMPARED_EVERY
  try {
    for (const ask of world.stockAsks.opening()) world.ask(ask)
    await world.settle()
    for (let compareAt = comparedEvery; trace.step < options.steps; ) {
      await goOn(world)
      options.onStep?.(trace.step)
      if (trace.step < compareAt) continue
      await compareAll(world)
      compareAt = trace.step + Math.max(comparedEvery, world.store.size)
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
  checkSlots(await everywhere(store, 'reservations'), world.time.now())
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
  const reservations = await everywhere(store, 'reservations')
  const due = reservations.filter(({ state }) => 'expiresAt' in state && state.expiresAt <= time.now())
  law('at rest no hold is overdue', due.length === 0, () => due)
  const accounts = await everywhere(store, 'accounts')
  const fillable = accounts.filter(({ available, backordered }) => available > 0 && backordered > 0)
  law('at rest nobody is owed what is there', fillable.length === 0, () => fillable)
  checkWholes(reservations, accounts)
  const inFlight = accounts.filter(({ key, available }) => isTransit(key) && available > 0)
  law('at rest no unit is between two buckets', inFlight.length === 0, () => inFlight)
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

async function everywhere<Of extends 'reservations' | 'accounts'>(store: ShopStore, of: Of) {
  const pages: Page[Of][] = []
  for (const partition of await store.partitions())
    pages.push(await every((query) => store.read(partition, query), of))
  return pages.flat() as unknown as Page[Of]
}
