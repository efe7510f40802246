import type { IncomingRecord } from '../../port/message.js'
import type { Handled, MessageSource, SourceBatch, SourceEvents } from '../../port/message-source.js'
import type { Scheduler } from '../../scheduler.js'

/** Most records handed out at once. */
const MOST = 500
/** A batch whose handler failed comes again so much later. */
const RETRY_MS = 100

type LogsOf = (topic: string) => readonly (readonly IncomingRecord[])[]
type Handle = (batch: SourceBatch) => Promise<Handled>

interface Reading {
  readonly abort: AbortController
  readonly done: Promise<void>
}

/** Consumers that share the partitions of their topics, and the offsets they have committed. */
export class BrokerGroup {
  private readonly offsets = new Map<string, number>()
  private readonly members: Member[] = []

  constructor(
    private readonly id: string,
    private readonly logsOf: LogsOf,
    private readonly scheduler: Scheduler,
  ) {}

  member(): MessageSource {
    return new Member(this.id, this, this.logsOf, this.scheduler)
  }

  join(member: Member): void {
    this.members.push(member)
    this.share()
  }

  leave(member: Member): void {
    const index = this.members.indexOf(member)
    if (index >= 0) this.members.splice(index, 1)
    this.share()
  }

  wake(): void {
    for (const member of this.members) member.pump()
  }

  has(member: Member, partition: number): boolean {
    return this.members[partition % this.members.length] === member
  }

  offsetOf(name: string): number {
    return this.offsets.get(name) ?? 0
  }

  commit(name: string, offset: number): void {
    this.offsets.set(name, Math.max(offset, this.offsetOf(name)))
  }

  private share(): void {
    for (const member of this.members) member.shared()
  }
}

class Member implements MessageSource {
  private topics: readonly string[] = []
  private handle: Handle | null = null
  private on: SourceEvents | null = null
  private readonly readings = new Map<string, Reading>()
  private readonly pauses = new Map<string, () => void>()

  constructor(
    readonly groupId: string,
    private readonly group: BrokerGroup,
    private readonly logsOf: LogsOf,
    private readonly scheduler: Scheduler,
  ) {}

  async start(topics: readonly string[], handle: Handle, on: SourceEvents): Promise<void> {
    this.topics = topics
    this.handle = handle
    this.on = on
    this.group.join(this)
  }

  async close(): Promise<void> {
    this.handle = null
    for (const cancel of this.pauses.values()) cancel()
    for (const { abort } of this.readings.values()) abort.abort()
    await Promise.all([...this.readings.values()].map(({ done }) => done))
    this.group.leave(this)
  }

  /** The group's partitions were shared out anew. */
  shared(): void {
    for (const [name, { abort }] of this.readings) {
      if (!this.group.has(this, Number(name.split('/').at(-1)))) abort.abort()
    }
    this.pump()
  }

  pump(): void {
    for (const topic of this.topics) {
      for (const partition of this.logsOf(topic).keys()) this.read(topic, partition)
    }
  }

  private read(topic: string, partition: number): void {
    const { handle } = this
    const name = `${topic}/${partition}`
    const isBusy = this.readings.has(name) || this.pauses.has(name)
    if (handle === null || isBusy || !this.group.has(this, partition)) return
    const from = this.group.offsetOf(name)
    const records = (this.logsOf(topic)[partition] ?? []).slice(from, from + MOST)
    if (records.length === 0) return
    const abort = new AbortController()
    const batch = { topic, partition, records, signal: abort.signal }
    const done = this.hand(handle, batch).then(({ records: count, pauseMs }) => {
      this.readings.delete(name)
      if (this.group.has(this, partition)) this.group.commit(name, from + count)
      if (pauseMs > 0) this.pause(name, pauseMs)
      this.scheduler.defer(() => this.pump())
    })
    this.readings.set(name, { abort, done })
  }

  private async hand(handle: Handle, batch: SourceBatch): Promise<Handled> {
    try {
      return await handle(batch)
    } catch (error) {
      this.on?.error(error)
      return { records: 0, pauseMs: RETRY_MS }
    }
  }

  private pause(name: string, ms: number): void {
    const end = () => {
      this.pauses.delete(name)
      this.pump()
    }
    this.pauses.set(name, this.scheduler.timer(ms, end))
  }
}
