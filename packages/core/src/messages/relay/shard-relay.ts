import { isHoldfastError } from '../../errors.js'
import type { Attempts, OutboxLease, WaitingMessage } from '../../port/outbox.js'
import { recordOf } from '../envelope.js'
import { Rest } from '../rest.js'
import { Waits } from '../waits.js'
import { bytesOf, type Entry, keyOf } from './entry.js'
import type { RelaySetting } from './setting.js'
import { Tenure } from './tenure.js'
import { Track } from './track.js'

/** Processes that died in a row before each message is sent alone and put on record before. */
const DEATHS_BEFORE_CARE = 3

/** One lease of a shard, from taking it to giving it back: reads what waits and lays it on tracks. */
export class ShardRelay {
  private readonly tracks = new Map<string, Track>()
  private readonly tenure: Tenure
  /** How it stood with keys that have not been met since. */
  private readonly known: Map<string, Attempts>
  private readonly rest: Rest
  private readonly polls: Waits
  private onTheWay = 0
  private acknowledged = 0
  private isFull = false
  private rewinds = false
  private hasFailed = false
  private stopped = false

  constructor(
    lease: OutboxLease,
    private readonly setting: RelaySetting,
    askedAt: number,
    /** Ends once nothing is there that can be sent now. */
    private readonly onlyOnce: boolean,
  ) {
    this.tenure = new Tenure(lease, setting, askedAt, (count) => {
      this.acknowledged += count
      this.freed(count)
    })
    this.known = new Map(lease.troubles.map((trouble) => [keyOf(trouble), trouble]))
    this.rest = new Rest(setting.scheduler)
    this.polls = new Waits({ ...setting.idle, isScattered: false })
  }

  /** Relays until it is stopped or fenced. @returns how many messages were sent and acknowledged */
  async run(): Promise<number> {
    while (!this.stopped && this.tenure.isValid) {
      await this.tenure.keep()
      if (this.rewinds) await this.rewind()
      else if (this.isFull) await this.rest.take(this.tenure.msToRenewal)
      else if (await this.advance()) break
    }
    await this.quiet()
    await this.tenure.lease.release().catch(this.setting.tell.error)
    this.tenure.end()
    return this.acknowledged
  }

  stop(): void {
    this.stopped = true
    this.rest.wake()
  }

  /** Something may wait. */
  wake(): void {
    this.polls.reset()
    this.rest.wake()
  }

  /** Reads once. @returns whether that was all */
  private async advance(): Promise<boolean> {
    const { batch, ahead, idle, leaseMs } = this.setting
    const waiting = await this.read()
    if (this.rewinds) return false
    for (const each of waiting) this.lay(each)
    for (const track of this.tracks.values()) track.pump()
    this.isFull = this.onTheWay > batch * (ahead - 1)
    if (waiting.length >= batch || this.isFull) return false
    if (this.onlyOnce && waiting.length === 0 && (this.hasFailed || this.isStuck)) return true
    if (waiting.length > 0) this.polls.reset()
    const restMs = waiting.length > 0 || this.onlyOnce ? idle.firstMs : this.polls.next()
    await this.rest.take(Math.min(restMs, leaseMs / 3))
    return false
  }

  private async read(): Promise<readonly WaitingMessage[]> {
    try {
      const waiting = await this.tenure.lease.read(this.setting.batch)
      if (waiting !== 'rewind-needed') return waiting
      this.rewinds = true
    } catch (error) {
      if (isHoldfastError(error, 'fenced')) this.tenure.end()
      else this.setting.tell.error(error)
      this.hasFailed = true
    }
    return []
  }

  private lay(waiting: WaitingMessage): void {
    const { source, topicOf, publisher } = this.setting
    const record = recordOf(waiting.message, source, topicOf)
    const entry: Entry = { ...waiting, record, bytes: bytesOf(record) }
    const name = publisher.trackOf(record.topic, record.key)
    let track = this.tracks.get(name)
    if (track === undefined) {
      track = this.newTrack()
      this.tracks.set(name, track)
    }
    this.onTheWay++
    track.add(entry, this.known.size === 0 ? null : this.stoodWith(keyOf(waiting.message)))
  }

  private stoodWith(name: string): Attempts | null {
    const attempts = this.known.get(name) ?? null
    this.known.delete(name)
    return attempts
  }

  private newTrack(): Track {
    const telling = {
      dropped: (count: number) => this.freed(count),
      rewindNeeded: () => {
        this.rewinds = true
        this.rest.wake()
      },
    }
    return new Track(this.setting, this.tenure, telling, () => this.isCareful)
  }

  /** Over all that those who died may have had on their way. */
  private get isCareful(): boolean {
    const { batch, ahead } = this.setting
    return this.tenure.lease.deaths >= DEATHS_BEFORE_CARE && this.acknowledged < batch * ahead
  }

  private get isStuck(): boolean {
    return [...this.tracks.values()].every((track) => track.isStuck) && !this.tenure.isAcknowledging
  }

  private freed(count: number): void {
    const { batch, ahead } = this.setting
    this.onTheWay -= count
    if (!this.isFull || this.onTheWay > batch * (ahead - 1)) return
    this.isFull = false
    this.rest.wake()
  }

  private async rewind(): Promise<void> {
    await this.quiet()
    for (const track of this.tracks.values()) {
      for (const [name, attempts] of track.troubles()) this.known.set(name, attempts)
    }
    this.tracks.clear()
    this.onTheWay = 0
    this.isFull = false
    if (await this.tenure.insist(() => this.tenure.lease.rewind())) this.rewinds = false
  }

  private async quiet(): Promise<void> {
    await Promise.all([...this.tracks.values()].map((track) => track.stop()))
    await this.tenure.acknowledged()
  }
}
