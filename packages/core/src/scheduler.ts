/** Time as the coalescer and the desk see it: injected, so that a simulation can drive every turn and timer by hand. */
export interface Scheduler {
  /** Monotonic ms, counted from no particular moment: good for durations only. */
  now(): number
  /**
   * Calls `fn` once, about `ms` from now, possibly early by a fraction of a millisecond or when `ms` is beyond 24 days:
   * look at `now()` again. The function returned cancels it.
   */
  timer(ms: number, fn: () => void): () => void
  /** Calls `fn` once on the next turn of the event loop, after what this turn has settled. */
  defer(fn: () => void): void
}

/** The longest delay that setTimeout takes; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * The real one. Its timers do not keep a process alive: they watch work that is kept alive by what it waits for,
 * a socket or a turn of the event loop.
 */
export const systemScheduler: Scheduler = {
  now: () => performance.now(),
  timer(ms, fn) {
    const timeout = setTimeout(fn, Math.min(Math.ceil(ms), LONGEST_TIMER_MS))
    timeout.unref()
    return () => clearTimeout(timeout)
  },
  defer(fn) {
    setImmediate(fn)
  },
}
