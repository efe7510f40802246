import type { Stand } from '../contender.js'
import { Latencies } from './latencies.js'

export interface LoopResult {
  /** Units of work per second. */
  readonly rate: number
  readonly latencies: Latencies
  /** Whether nothing was left to do before the time was over. */
  readonly ranOut?: boolean
}

/** Reads a clock that never goes back, in ms. */
export type Now = () => number

export const monotonic: Now = () => performance.now()

/** So many times as long it goes on where nothing is done in its time: on a busy machine, a short one may be over before. */
const PATIENCE = 20

/**
 * Keeps `stand.callers` calls under way for `seconds`: each caller calls again as soon as it is answered. Ends before where nothing
 * is left to do, and later where nothing was done yet.
 */
export async function closedLoop(stand: Stand, seconds: number, now: Now = monotonic): Promise<LoopResult> {
  const latencies = new Latencies()
  const start = now()
  const end = start + seconds * 1000
  const latest = start + PATIENCE * seconds * 1000
  let done = 0
  let ranOut = false
  const caller = async () => {
    let before = now()
    const begins = () => {
      before = now()
    }
    while (before < end || (done === 0 && before < latest)) {
      // Not `done += await …`: that adds to what `done` was before the call.
      const counted = await stand.call(begins)
      if (counted === null) {
        ranOut = true
        return
      }
      done += counted
      const after = now()
      latencies.record(after - before)
      before = after
    }
  }
  await Promise.all(Array.from({ length: stand.callers }, caller))
  return { rate: (done * 1000) / (now() - start), latencies, ranOut }
}
