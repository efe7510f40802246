import type { Attempts } from '../../port/outbox.js'
import type { Sent } from '../../port/publisher.js'
import { Waits } from '../waits.js'
import { type Entry, keyOf, type TroubledKey } from './entry.js'
import { EntryQueue } from './entry-queue.js'
import type { PoisonPolicy, RelaySetting } from './setting.js'
import type { Tenure } from './tenure.js'

/** Messages of one troubled key that are kept; what comes after them is read again when the key is well. */
const MOST_KEPT = 100

/** What a track tells the relay of its shard. */
export interface TrackTelling {
  /** So many messages are no longer on their way, and were not acknowledged. */
  dropped(count: number): void
  /** Messages were dropped that must be read again. */
  rewindNeeded(): void
}

/**
 * Sends what goes one way, in order: one batch at a time. A batch that fails is halved until the culprit stands alone;
 * then its key is tried apart and the others go on. Only what tells of the message counts as its failed attempt: the broker's
 * word that it is wrong, or a failure while its track sends others.
 */
export class Track {
  private readonly queue = new EntryQueue()
  private readonly troubled = new Map<string, TroubledKey>()
  private readonly setAside = new Set<string>()
  private readonly waits: Waits
  private most: number
  private restsUntil = 0
  private sent = 0
  private sending: Promise<void> | null = null
  private cancelTimer: (() => void) | null = null
  private stopped = false

  constructor(
    private readonly setting: RelaySetting,
    private readonly tenure: Tenure,
    private readonly tell: TrackTelling,
    /** Whether every attempt is put on record before it begins: an earlier one took its process along. */
    private readonly isCareful: () => boolean,
  ) {
    this.waits = new Waits({ ...setting.retry, isScattered: true })
    this.most = setting.publisher.capabilities.maxRecords
  }

  /** `known`: how it stood with the entry's key before. */
  add(entry: Entry, known: Attempts | null): void {
    const isPlain = this.troubled.size + this.setAside.size === 0 && known === null
    const name = isPlain ? '' : keyOf(entry.message)
    const trouble = this.troubled.get(name)
    if (this.setAside.has(name)) this.tell.dropped(1)
    else if (trouble !== undefined) this.keep(trouble, entry)
    else if (known !== null) this.troubled.set(name, this.troubleOf([entry], known))
    else this.queue.push(entry)
  }

  /** Sends what can be sent. */
  pump(): void {
    if (this.stopped || this.sending !== null || !this.tenure.isValid) return
    const rests = this.restsUntil - this.now
    if (rests > 0) {
      this.pumpAfter(rests)
      return
    }
    const due = this.dueTrouble()
    const batch = due === null ? this.nextBatch() : [due.entries[0] as Entry]
    if (batch.length > 0) this.sending = this.send(batch, due)
    else this.pumpAfterTrouble()
  }

  /** Whether nothing goes on before some time has passed: it rests, or has none but troubled keys. */
  get isStuck(): boolean {
    const waitsForTime = this.restsUntil > this.now || this.queue.isEmpty
    return this.sending === null && waitsForTime && this.dueTrouble() === null
  }

  /** How it stands with the keys that are tried apart. */
  troubles(): readonly (readonly [string, Attempts])[] {
    return [...this.troubled].map(([name, { attempts }]) => [name, attempts])
  }

  /** Begins nothing more, and resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.stopped = true
    this.cancelTimer?.()
    await this.sending
  }

  private async send(batch: readonly Entry[], due: TroubledKey | null): Promise<void> {
    try {
      const trouble = due ?? (this.isCareful() ? this.troubleOf(batch, null) : null)
      if (trouble !== null && !(await this.begin(trouble))) return
      const sent = await this.publish(batch)
      if (trouble === null) this.settle(batch, sent)
      else await this.settleAlone(trouble, sent[0] as Sent)
    } finally {
      this.sending = null
      // Not within the same turn: a publisher that answers at once must not keep everything else from its turn.
      this.setting.scheduler.defer(() => this.pump())
    }
  }

  private async publish(batch: readonly Entry[]): Promise<readonly Sent[]> {
    try {
      return await this.setting.publisher.publishBatch(batch.map(({ record }) => record))
    } catch (error) {
      return batch.map(() => ({ kind: 'unknown', error }))
    }
  }

  private settle(batch: readonly Entry[], sent: readonly Sent[]): void {
    const failed = batch.filter((_, index) => sent[index]?.kind !== 'acked')
    if (failed.length < batch.length) {
      this.succeeded(batch.filter((_, index) => sent[index]?.kind === 'acked'))
      this.most = Math.min(this.setting.publisher.capabilities.maxRecords, this.most * 2)
    }
    if (failed.length === 0) return
    const failure = sent.find(({ kind }) => kind !== 'acked') as Exclude<Sent, { kind: 'acked' }>
    const [only] = batch
    if (batch.length === 1 && only !== undefined) {
      this.fallOut(only, failure)
      return
    }
    this.queue.putBack(failed)
    this.most = Math.max(1, Math.ceil(failed.length / 2))
    if (failure.kind !== 'fatal') {
      this.setting.tell.error(failure.error)
      this.restsUntil = this.now + this.waits.next()
    }
  }

  /** The message failed alone: its key is tried apart from now on. */
  private fallOut(entry: Entry, failure: Exclude<Sent, { kind: 'acked' }>): void {
    const trouble = this.troubleOf([entry], null)
    this.setApart(trouble)
    // Whether the message is at fault, or everything, is not known yet: others are tried before it counts.
    trouble.retryAt = failure.kind === 'fatal' ? this.now : this.now + trouble.waits.next()
    this.setting.tell.error(failure.error)
    if (failure.kind !== 'fatal') this.restsUntil = this.now + this.waits.next()
  }

  /** Its key's messages leave the queue and wait behind it. */
  private setApart(trouble: TroubledKey): void {
    const name = keyOf((trouble.entries[0] as Entry).message)
    if (this.troubled.has(name)) return
    this.troubled.set(name, trouble)
    for (const later of this.queue.takeKey(name)) this.keep(trouble, later)
  }

  /** Puts on record that the attempt begins. `false`: it does not, or is the operator's now. */
  private async begin(trouble: TroubledKey): Promise<boolean> {
    const { attempts } = trouble
    if (attempts.started - attempts.finished >= this.setting.attempts) {
      // Every process that tried it died: for ever would be too often.
      const policy = this.policyFor(trouble)
      const error = new Error('the process that sent it died, every time')
      this.setApart(trouble)
      await this.giveUp(trouble, error, policy === 'block-key' ? 'park-key' : policy)
      return false
    }
    trouble.attempts = { ...attempts, started: attempts.started + 1 }
    return this.note(trouble)
  }

  private async settleAlone(trouble: TroubledKey, sent: Sent): Promise<void> {
    const first = trouble.entries[0] as Entry
    if (sent.kind === 'acked') {
      await this.tenure.insist(() => this.tenure.lease.note(first.message, null))
      this.succeeded([first])
      this.recovered(trouble)
      return
    }
    const { error } = sent
    const counts = sent.kind === 'fatal' || this.sent > trouble.sentBefore
    const { started, finished } = trouble.attempts
    trouble.attempts = {
      ...trouble.attempts,
      started: counts ? started : started - 1,
      finished: counts ? finished + 1 : finished,
      error: textOf(error),
    }
    trouble.sentBefore = this.sent
    this.setApart(trouble)
    this.setting.tell.error(error)
    if (sent.kind === 'fatal' || trouble.attempts.started >= this.setting.attempts) {
      await this.giveUp(trouble, error, this.policyFor(trouble))
    } else {
      await this.note(trouble)
    }
    trouble.retryAt = this.now + trouble.waits.next()
  }

  private policyFor({ entries }: TroubledKey): PoisonPolicy {
    return this.setting.poisonOf((entries[0] as Entry).message)
  }

  private async giveUp(trouble: TroubledKey, error: unknown, policy: PoisonPolicy): Promise<void> {
    const first = trouble.entries[0] as Entry
    const { message } = first
    const { lease } = this.tenure
    if (policy === 'block-key') {
      trouble.retryAt = this.now + trouble.waits.next()
      if (!trouble.isTold) this.setting.tell.blocked({ ...message, message, error })
      trouble.isTold = true
      await this.note(trouble)
      return
    }
    const { started, finished } = trouble.attempts
    const reason = textOf(error)
    const parking = { ...trouble.attempts, position: first.position, error: reason, message }
    const reach = policy === 'park-key' ? 'whole-key' : 'alone'
    if (!(await this.tenure.insist(() => lease.park(parking, reach)))) return
    this.tell.dropped(1)
    if (policy === 'park-key') {
      this.setAside.add(keyOf(message))
      this.troubled.delete(keyOf(message))
      this.tell.dropped(trouble.entries.length - 1)
    } else {
      this.recovered(trouble)
    }
    this.setting.tell.parked({ shard: lease.shard, message, reason, started, finished })
  }

  /** Its first message is gone: the others go back into the queue, those that came meanwhile included. */
  private recovered(trouble: TroubledKey): void {
    const [first, ...later] = trouble.entries as [Entry, ...Entry[]]
    this.troubled.delete(keyOf(first.message))
    this.queue.putBack(later)
    if (trouble.isCut) this.tell.rewindNeeded()
  }

  private succeeded(entries: readonly Entry[]): void {
    this.sent += entries.length
    this.waits.reset()
    this.restsUntil = 0
    this.setting.tell.sent(entries.length)
    this.tenure.acknowledge(entries.map(({ position }) => position))
  }

  private note(trouble: TroubledKey): Promise<boolean> {
    const [first] = trouble.entries as [Entry]
    return this.tenure.insist(() => this.tenure.lease.note(first.message, trouble.attempts))
  }

  private troubleOf(entries: readonly Entry[], known: Attempts | null): TroubledKey {
    const { position } = entries[0] as Entry
    return {
      entries: [...entries],
      attempts: known?.position === position ? known : { position, started: 0, finished: 0, error: '' },
      retryAt: this.now,
      waits: new Waits({ ...this.setting.retry, isScattered: true }),
      sentBefore: this.sent,
      isCut: false,
      isTold: false,
    }
  }

  private keep(trouble: TroubledKey, entry: Entry): void {
    if (trouble.entries.length < MOST_KEPT && !trouble.isCut) {
      trouble.entries.push(entry)
      return
    }
    trouble.isCut = true
    this.tell.dropped(1)
  }

  private nextBatch(): readonly Entry[] {
    const { maxBytes } = this.setting.publisher.capabilities
    return this.queue.take(this.isCareful() ? 1 : this.most, maxBytes)
  }

  private dueTrouble(): TroubledKey | null {
    if (this.troubled.size === 0) return null
    for (const trouble of this.troubled.values()) if (trouble.retryAt <= this.now) return trouble
    return null
  }

  private pumpAfterTrouble(): void {
    if (this.troubled.size === 0) return
    const next = Math.min(...[...this.troubled.values()].map(({ retryAt }) => retryAt))
    this.pumpAfter(Math.max(1, next - this.now))
  }

  private pumpAfter(ms: number): void {
    this.cancelTimer?.()
    this.cancelTimer = this.setting.scheduler.timer(ms, () => this.pump())
  }

  private get now(): number {
    return this.setting.scheduler.now()
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
