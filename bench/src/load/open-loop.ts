import { setTimeout as pause } from 'node:timers/promises'
import type { Stand } from '../contender.js'
import { type LoopResult, monotonic, type Now } from './closed-loop.js'
import { Latencies } from './latencies.js'

/**
 * Calls at a fixed rate, answered or not. Latency counts from the instant at which the call was due, so that a
 * stall is felt by every call that it delays, also by those that it kept from being sent.
 */
export async function openLoop(
  stand: Stand,
  perSecond: number,
  seconds: number,
  now: Now = monotonic,
  rest: () => Promise<unknown> = aMoment,
): Promise<LoopResult> {
  const latencies = new Latencies()
  const start = now()
  const calls = Math.round(perSecond * seconds)
  let done = 0
  // A count, not their promises: those of a whole turn, kept, took each collection of garbage 14 ms where it takes 3.
  let underWay = 0
  const failures: unknown[] = []
  const call = async (due: number) => {
    underWay += 1
    let from = due
    try {
      const counted = await stand.call(() => {
        from = now()
      })
      done += counted ?? 0
      latencies.record(now() - from)
    } catch (error) {
      failures.push(error)
    } finally {
      underWay -= 1
    }
  }
  for (let sent = 0; sent < calls; ) {
    const due = Math.min(calls, Math.floor(((now() - start) * perSecond) / 1000) + 1)
    for (; sent < due; sent++) void call(start + (sent * 1000) / perSecond)
    await rest()
  }
  while (underWay > 0) await rest()
  if (failures.length > 0) throw failures[0]
  return { rate: (done * 1000) / (now() - start), latencies }
}

/** As short as a timer can be: who makes the load must not take the machine's time while nothing is due. */
function aMoment(): Promise<void> {
  return pause(1)
}
