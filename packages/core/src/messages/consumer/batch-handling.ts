import type { Inbox, InboxAttempts } from '../../port/inbox.js'
import type { IncomingRecord, MessageName } from '../../port/message.js'
import type { Handled, SourceBatch } from '../../port/message-source.js'
import type { Publisher } from '../../port/publisher.js'
import { nameOf, receivedFrom } from '../envelope.js'
import { waitAfter } from '../waits.js'
import { sendDeadLetter } from './dead-letters.js'
import type { Handlers } from './handlers.js'

/** A consumer's options, checked and complete. */
export interface ConsumerSetting<Transaction> {
  readonly consumer: string
  readonly inbox: Inbox<Transaction>
  readonly handlers: Handlers<Transaction>
  /** `null`: what is poison blocks its key, and is tried for ever. */
  readonly deadLetters: Publisher | null
  readonly attempts: number
  readonly retry: { readonly firstMs: number; readonly longestMs: number }
  /** Messages that one transaction handles at most. */
  readonly batchLimit: number
  readonly tell: ConsumerTelling
}

export interface ConsumerTelling {
  error(error: unknown): void
  deadLetter(letter: { readonly record: IncomingRecord; readonly reason: string }): void
  blocked(blocked: {
    readonly record: IncomingRecord
    readonly error: unknown
    readonly attempts: number
  }): void
}

/** A record to be handled. */
interface Item {
  readonly index: number
  readonly record: IncomingRecord
  readonly name: MessageName
}

/**
 * Handles one batch of a partition. As long as all is well, many messages share a transaction; once something failed, or a
 * process died at it, each has its own. A message that fails blocks its key; other keys go on, and the partition comes
 * again from there.
 */
export class BatchHandling<Transaction> {
  private readonly blockedKeys = new Set<string>()
  /** Index of the first record that must come again. */
  private again: number
  private pauseMs = 0

  constructor(
    private readonly setting: ConsumerSetting<Transaction>,
    private readonly batch: SourceBatch,
  ) {
    this.again = batch.records.length
  }

  async run(): Promise<Handled> {
    const { batchLimit } = this.setting
    const items = this.batch.records.flatMap((record, index) => {
      return this.setting.handlers.has(typeOf(record)) ? [{ index, record, name: nameOf(record) }] : []
    })
    for (let start = 0; start < items.length && !this.isStopped(items[start]); start += batchLimit) {
      await this.handleSome(items.slice(start, start + batchLimit))
    }
    return { records: this.again, pauseMs: this.pauseMs }
  }

  private async handleSome(items: readonly Item[]): Promise<void> {
    const { inbox, consumer } = this.setting
    const known = await inbox.look(
      consumer,
      items.map(({ name }) => name),
    )
    const open = items
      .map((item, index) => ({ item, before: known[index] as InboxAttempts }))
      .filter(({ before }) => before.status !== 'done')
    if (open.length === 0) return
    const isFresh = open.every(({ before }) => before.started === 0) && this.blockedKeys.size === 0
    if (isFresh && (await this.handleTogether(open.map(({ item }) => item)))) return
    for (const { item, before } of open) {
      if (this.isStopped(item)) return
      const key = keyOf(item.record)
      if (this.blockedKeys.has(key)) this.comesAgain(item)
      else if (!(await this.handleAlone(item, before))) {
        this.blockedKeys.add(key)
        this.comesAgain(item)
      }
    }
  }

  /** @returns whether all were handled; `false`: none was */
  private async handleTogether(items: readonly Item[]): Promise<boolean> {
    const { inbox, consumer } = this.setting
    const names = items.map(({ name }) => name)
    try {
      await inbox.begin(consumer, names)
      await this.handle(items)
      return true
    } catch (error) {
      // Whose fault it is shows when each is tried alone.
      await inbox.fail(consumer, names, textOf(error))
      return false
    }
  }

  private async handleAlone(item: Item, { started, finished }: InboxAttempts): Promise<boolean> {
    const { inbox, consumer, attempts, tell } = this.setting
    const died = started - finished
    if (died >= attempts) return this.giveUp(item, 'the process that handled it died, every time', started)
    try {
      await inbox.begin(consumer, [item.name])
      await this.handle([item])
      return true
    } catch (error) {
      tell.error(error)
      await inbox.fail(consumer, [item.name], textOf(error))
      const failed = finished + 1
      if (failed >= attempts) return this.giveUp(item, textOf(error), failed, error)
      this.restAfter(failed)
      return false
    }
  }

  private handle(items: readonly Item[]): Promise<void> {
    const { inbox, consumer, handlers } = this.setting
    const names = items.map(({ name }) => name)
    return inbox.handle(consumer, names, async (transaction, fresh) => {
      const wanted = new Set(fresh.map(idOf))
      for (const { record, name } of items) {
        // A record that is there twice is handled once.
        if (wanted.delete(idOf(name))) await handlers.run(receivedFrom(record), transaction)
      }
    })
  }

  /** @returns whether it is out of the way */
  private async giveUp(item: Item, reason: string, attempts: number, error?: unknown): Promise<boolean> {
    const { deadLetters, inbox, consumer, tell, handlers } = this.setting
    const { record, name } = item
    const givenUp = handlers.givenUpOf(typeOf(record))
    if (deadLetters === null && givenUp === undefined) {
      tell.blocked({ record, error: error ?? new Error(reason), attempts })
      this.restAfter(attempts)
      return false
    }
    try {
      if (givenUp !== undefined) {
        await inbox.handle(consumer, [name], async (transaction) => {
          await givenUp(receivedFrom(record), transaction, reason)
        })
        return true
      }
      await sendDeadLetter(deadLetters as Publisher, { record, consumer, reason, attempts })
      await inbox.giveUp(consumer, name, reason)
      tell.deadLetter({ record, reason })
      return true
    } catch (failure) {
      tell.error(failure)
      this.restAfter(attempts)
      return false
    }
  }

  /** Whether nothing may be begun any more; then `item` comes again, to this consumer or to another. */
  private isStopped(item: Item | undefined): boolean {
    if (!this.batch.signal.aborted) return false
    if (item !== undefined) this.comesAgain(item)
    return true
  }

  private comesAgain({ index }: Item): void {
    this.again = Math.min(this.again, index)
  }

  private restAfter(attempts: number): void {
    const { firstMs, longestMs } = this.setting.retry
    const wait = waitAfter(Math.max(0, attempts - 1), firstMs, longestMs)
    this.pauseMs = this.pauseMs === 0 ? wait : Math.min(this.pauseMs, wait)
  }
}

function typeOf({ headers }: IncomingRecord): string {
  const type = headers.ce_type
  return type === undefined ? '' : typeof type === 'string' ? type : new TextDecoder().decode(type)
}

function keyOf({ key }: IncomingRecord): string {
  return key === null ? '' : new TextDecoder().decode(key)
}

function idOf({ source, id }: MessageName): string {
  return `${source}\u0000${id}`
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
