import type { Call } from '../coalescer/coalescer.js'
import { HoldfastError, isHoldfastError } from '../errors.js'
import { Rest } from '../messages/rest.js'
import { Waits } from '../messages/waits.js'
import {
  type CarriedPosition,
  type Feed,
  type FeedPosition,
  isAtLeast,
  type TakesEntries,
} from '../port/feed.js'
import type { Scheduler } from '../scheduler.js'
import type { Carrier } from './carrier.js'

interface Waiting {
  readonly end: FeedPosition | null
  resolve(): void
  reject(error: unknown): void
}

/** Waits until a ledger has what a fast store has decided. Carries it there itself where nobody else is at it. */
export class CatchingUp {
  private readonly followed = new Map<string, Followed>()
  /** One question at a time: those who come meanwhile share the next. */
  private asking: Promise<readonly (FeedPosition | null)[]> | null = null
  private next: Promise<readonly (FeedPosition | null)[]> | null = null

  constructor(
    private readonly feed: Feed,
    private readonly partitions: () => Promise<readonly string[]>,
    private readonly ledger: TakesEntries,
    private readonly carrier: Carrier,
    private readonly scheduler: Scheduler,
  ) {
    carrier.on('carried', (partition, position) => this.followed.get(partition)?.told(position))
  }

  /**
   * Resolves once the ledger has all that these partitions have now; all of them if none is named.
   *
   * @throws HoldfastError `unknown`: not within the call's deadline; `stream-gap`: never, as it is; `fenced`: never, the store's
   *   epoch is over
   */
  async now(call: Call, partitions?: readonly string[]): Promise<void> {
    const all = await this.partitions()
    const ends = await this.ends(all)
    const wanted = partitions ?? all
    await Promise.all(wanted.map((name) => this.of(name).reach(ends[all.indexOf(name)] ?? null, call)))
  }

  private ends(all: readonly string[]): Promise<readonly (FeedPosition | null)[]> {
    if (this.next !== null) return this.next
    if (this.asking === null) return this.ask(all)
    // The one under way may have been answered before what its caller waits for.
    const after = this.asking.then(
      () => this.ask(all),
      () => this.ask(all),
    )
    this.next = after
    return after
  }

  private ask(all: readonly string[]): Promise<readonly (FeedPosition | null)[]> {
    this.next = null
    const asked = this.feed.ends(all)
    const done = () => {
      if (this.asking === asked) this.asking = null
    }
    this.asking = asked
    asked.then(done, done)
    return asked
  }

  private of(partition: string): Followed {
    let followed = this.followed.get(partition)
    if (followed === undefined) {
      followed = new Followed(partition, this.ledger, this.carrier, this.scheduler)
      this.followed.set(partition, followed)
    }
    return followed
  }
}

/** One partition, as far as the ledger is known to have it. */
class Followed {
  private position: CarriedPosition | null = null
  private readonly waiting = new Set<Waiting>()
  private isPursued = false
  private failure: unknown

  constructor(
    private readonly partition: string,
    private readonly ledger: TakesEntries,
    private readonly carrier: Carrier,
    private readonly scheduler: Scheduler,
  ) {}

  reach(end: FeedPosition | null, call: Call): Promise<void> {
    try {
      if (isAtLeast(this.position, end)) return Promise.resolve()
    } catch (error) {
      return Promise.reject(error)
    }
    return new Promise((resolve, reject) => {
      const cancel = Number.isFinite(call.deadlineMs)
        ? this.scheduler.timer(Math.max(0, call.deadlineMs), () => waiting.reject(this.tooLate()))
        : () => {}
      const over = () => {
        cancel()
        this.waiting.delete(waiting)
      }
      const waiting: Waiting = {
        end,
        resolve() {
          over()
          resolve()
        },
        reject(error) {
          over()
          reject(error)
        },
      }
      this.waiting.add(waiting)
      if (!this.isPursued) void this.pursue()
    })
  }

  /** The ledger has come so far. */
  told(position: CarriedPosition | null): void {
    if (position !== null && isBehind(this.position, position)) this.position = position
    for (const one of this.waiting) {
      try {
        if (isAtLeast(this.position, one.end)) one.resolve()
      } catch (error) {
        one.reject(error)
      }
    }
  }

  private async pursue(): Promise<void> {
    this.isPursued = true
    const waits = new Waits({ firstMs: 1, longestMs: 20, isScattered: false })
    const rest = new Rest(this.scheduler)
    while (this.waiting.size > 0) {
      this.failure = undefined
      await this.trying(async () => {
        // What this process carries it is told of.
        if (!this.carrier.wake(this.partition)) await this.carrier.drain(this.partition)
      })
      // Where nothing can be carried, the ledger may have begun another epoch.
      await this.trying(async () => {
        const [position = null] = await this.ledger.carried([this.partition])
        this.told(position)
      })
      if (this.waiting.size > 0) await rest.take(waits.next())
    }
    this.isPursued = false
  }

  private async trying(what: () => Promise<void>): Promise<void> {
    try {
      await what()
    } catch (error) {
      this.failure = error
      if (isHoldfastError(error, 'stream-gap')) for (const one of this.waiting) one.reject(error)
    }
  }

  private tooLate(): HoldfastError {
    const message = 'it is decided, and not in the ledger yet: ask again by the same id'
    return new HoldfastError('unknown', message, this.failure === undefined ? {} : { cause: this.failure })
  }
}

function isBehind(one: FeedPosition | null, other: FeedPosition): boolean {
  if (one === null || one.epoch !== other.epoch) return (one?.epoch ?? 0) < other.epoch
  return one.sequence < other.sequence
}
