import type { Scheduler, StoreClock } from '@holdfast/core'
import TinyQueue from 'tinyqueue'
import type { Chance } from './chance.js'

/** Monday, noon in Berlin. */
const START = Date.UTC(2026, 5, 1, 10)

interface Event {
  readonly at: number
  /** Later ones of one instant come later. */
  readonly order: number
  fn: (() => void) | null
}

/** The world's time: it passes when the simulation says so, and what falls due happens in its order. */
export class SimulatedTime implements StoreClock {
  private time = START
  private made = 0
  private readonly events = new TinyQueue<Event>([], soonerEvent)
  private readonly loops: EventLoop[] = []

  now(): number {
    return this.time
  }

  /** Calls `fn` after `ms`, unless what is returned is called before. */
  after(ms: number, fn: () => void): () => void {
    const event: Event = { at: this.time + Math.max(0, ms), order: this.made++, fn }
    this.events.push(event)
    return () => {
      event.fn = null
    }
  }

  /** The event loop of a new process. */
  loop(): EventLoop {
    const loop = new EventLoop(this)
    this.loops.push(loop)
    return loop
  }

  /** Nothing of this loop happens any more. */
  end(loop: EventLoop): void {
    loop.isOver = true
    this.loops.splice(this.loops.indexOf(loop), 1)
  }

  /** Lets processes take turns, one each in an order of chance, until none has anything more to do at this instant. */
  async settle(chance: Chance): Promise<void> {
    await promisesSettle()
    for (;;) {
      const busy = this.loops.filter((loop) => loop.isBusy)
      if (busy.length === 0) return
      while (busy.length > 0) {
        const [loop] = busy.splice(busy.length === 1 ? 0 : chance.between(0, busy.length - 1), 1)
        loop?.turn()
      }
      await promisesSettle()
    }
  }

  /** Lets `ms` pass. */
  async pass(ms: number, chance: Chance): Promise<void> {
    const end = this.time + ms
    for (let next = this.soonest(); next !== undefined && next.at <= end; next = this.soonest()) {
      this.events.pop()
      this.time = Math.max(this.time, next.at)
      next.fn?.()
      await this.settle(chance)
    }
    this.time = end
  }

  /** The instant of the soonest event; `null` when nothing is to come. */
  nextAt(): number | null {
    return this.soonest()?.at ?? null
  }

  private soonest(): Event | undefined {
    while (this.events.peek()?.fn === null) this.events.pop()
    return this.events.peek()
  }
}

function soonerEvent(one: Event, other: Event): number {
  return one.at - other.at || one.order - other.order
}

/** Turns and timers of one process, which end with it. */
export class EventLoop implements Scheduler {
  isOver = false
  private deferred: (() => void)[] = []

  constructor(private readonly time: SimulatedTime) {}

  get isBusy(): boolean {
    return this.deferred.length > 0
  }

  now(): number {
    return this.time.now()
  }

  timer(ms: number, fn: () => void): () => void {
    if (ms === Number.POSITIVE_INFINITY) return () => {}
    return this.time.after(ms, () => {
      if (!this.isOver) fn()
    })
  }

  defer(fn: () => void): void {
    if (!this.isOver) this.deferred.push(fn)
  }

  turn(): void {
    const { deferred } = this
    this.deferred = []
    for (const fn of deferred) fn()
  }
}

/** The queue of promise jobs is empty when the real event loop takes its next turn: no time decides anything here. */
function promisesSettle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
