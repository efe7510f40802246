import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'vitest'
import { isHoldfastError } from '../errors.js'
import type { DeskStore } from './desk-options.js'
import { OrderDesk } from './order-desk.js'

const CALLERS = 1_000
const DEADLINE = 2_000
const QUEUE_LIMIT = 1_500

/**
 * Twice as many orders as the store can take: those accepted are in time, the others are told at once.
 *
 * @param kind what the store is on, for the line that is printed
 * @param spellMs how long each part lasts
 * @returns how many were placed while too many came
 */
export async function overload(kind: string, store: DeskStore, spellMs = 2_000): Promise<number> {
  const desk = new OrderDesk({
    ...{ store, policy: {}, deadline: { milliseconds: DEADLINE }, queueLimit: QUEUE_LIMIT },
  })
  await desk.restock({ id: 'opening', sku: 'PHONE', quantity: 100_000_000 })
  let orders = 0
  const place = () => {
    const id = `order ${++orders}`
    return desk.place({ id, buyer: { user: id }, lines: [{ sku: 'PHONE', quantity: 1 }] })
  }
  const perSecond = await closedLoop(place, spellMs)
  const before = await desk.accounts({ sku: 'PHONE' })

  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  const load = new OpenLoop(place)
  let most = perSecond
  // More at once may make it faster than it was: twice what it was ever seen to take.
  while (sum(load.refused) === 0) most = Math.max(most, await load.run(2 * most, spellMs))
  const heapThen = heap()
  await load.run(2 * most, 2 * spellMs)
  const heapNow = heap()
  loop.disable()

  const { placed, refused, slowest, arrived } = load
  process.stdout.write(
    `${kind}: ${Math.round(most)} a second at most; of ${arrived} up to twice that ${placed} were placed, the ` +
      `slowest in ${Math.round(slowest)} ms; refused ${JSON.stringify(refused)}; heap ${heapThen} → ${heapNow}\n`,
  )
  expect(
    Object.keys(refused).filter((code) => !['overloaded', 'not-sent', 'unknown'].includes(code)),
  ).toEqual([])
  expect(placed + sum(refused)).toBe(arrived)
  expect(sum(refused)).toBeGreaterThan(0)
  // Each refusal is counted by what it was.
  const { overloaded = 0, 'not-sent': notSent = 0, unknown = 0 } = refused
  expect(desk.drops).toEqual({ overloaded, notSent, unknown })
  // Timers are late by as much as the process was busy with something else.
  expect(slowest).toBeLessThanOrEqual(DEADLINE + 2 * (loop.max / 1e6) + 50)
  // A third of it again, and 8 MiB for what the engine keeps: what it refuses leaves nothing behind.
  expect(heapNow).toBeLessThan(heapThen * 1.33 + 8 * 2 ** 20)

  const [account] = (await desk.accounts({ sku: 'PHONE' })).accounts
  const reserved = (account?.reserved ?? 0) - (before.accounts[0]?.reserved ?? 0)
  // Those that nobody knew of when their caller gave up may have been placed.
  expect(reserved).toBeGreaterThanOrEqual(placed)
  expect(reserved).toBeLessThanOrEqual(placed + unknown)
  expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
  await desk.close()
  return placed
}

type Place = () => Promise<{ readonly ok: boolean }>

/** Orders a second of callers who each wait for their last one. */
async function closedLoop(place: Place, spellMs: number): Promise<number> {
  const begin = performance.now()
  let placed = 0
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (performance.now() - begin < spellMs) {
        const { ok } = await place()
        placed += Number(ok)
      }
    }),
  )
  return (placed * 1_000) / (performance.now() - begin)
}

/** Orders that come at their own rate, whatever became of those before. */
class OpenLoop {
  arrived = 0
  placed = 0
  /** ms from the call to its answer, of those placed. */
  slowest = 0
  readonly refused: Record<string, number> = {}

  constructor(private readonly place: Place) {}

  /** Returns how many a second were placed. */
  async run(perSecond: number, ms: number): Promise<number> {
    const begin = performance.now()
    const before = this.placed
    const under: Promise<void>[] = []
    for (let came = 0; performance.now() - begin < ms; ) {
      for (const due = ((performance.now() - begin) * perSecond) / 1_000; came < due; came++)
        under.push(this.call())
      await pause(1)
    }
    await Promise.all(under)
    return ((this.placed - before) * 1_000) / (performance.now() - begin)
  }

  private async call(): Promise<void> {
    this.arrived += 1
    const begin = performance.now()
    try {
      const { ok } = await this.place()
      if (!ok) throw new Error('there is stock for all')
      this.placed += 1
      this.slowest = Math.max(this.slowest, performance.now() - begin)
    } catch (error) {
      const code = isHoldfastError(error) ? error.code : String(error)
      this.refused[code] = (this.refused[code] ?? 0) + 1
    }
  }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, one) => total + one, 0)
}

/** Bytes in use once all that is not was collected. */
function heap(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  return process.memoryUsage().heapUsed
}
