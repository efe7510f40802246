import type { Inbox, InboxAttempts, InboxStatus, InboxTransaction } from '../../port/inbox.js'
import type { Message, MessageName } from '../../port/message.js'
import type { OutboxWriter } from '../../port/outbox.js'
import { machineClock, type StoreClock } from '../clock.js'
import { MemoryTransaction } from './transaction.js'

interface Seen {
  started: number
  finished: number
  doneAt: number | null
  error: string | null
}

export interface MemoryInboxOptions {
  readonly clock?: StoreClock | undefined
  /** Where handlers' own messages go. */
  readonly outbox?: OutboxWriter<MemoryTransaction> | undefined
}

/** An inbox in a map. Handlers of one message wait for each other, as they would for its row's lock. */
export class MemoryInbox implements Inbox<MemoryTransaction> {
  private readonly clock: StoreClock
  private readonly outbox: OutboxWriter<MemoryTransaction> | null
  private readonly seen = new Map<string, Seen>()
  private turn: Promise<unknown> = Promise.resolve()

  constructor({ clock = machineClock(), outbox }: MemoryInboxOptions = {}) {
    this.clock = clock
    this.outbox = outbox ?? null
  }

  async look(consumer: string, messages: readonly MessageName[]): Promise<readonly InboxAttempts[]> {
    return messages.map((message) => {
      const one = this.seen.get(nameIn(consumer, message))
      if (one === undefined) return { status: 'not-seen', started: 0, finished: 0 }
      const { started, finished, doneAt } = one
      return { status: doneAt === null ? 'in-progress' : 'done', started, finished }
    })
  }

  async begin(consumer: string, messages: readonly MessageName[]): Promise<void> {
    for (const one of new Set(messages.map((message) => this.of(consumer, message)))) {
      if (one.doneAt === null) one.started++
    }
  }

  handle(
    consumer: string,
    messages: readonly MessageName[],
    work: (transaction: InboxTransaction<MemoryTransaction>, fresh: readonly MessageName[]) => Promise<void>,
  ): Promise<void> {
    const mine = this.turn.then(() => this.handleNow(consumer, messages, work))
    this.turn = mine.catch(() => {})
    return mine
  }

  async fail(consumer: string, messages: readonly MessageName[], error: string): Promise<void> {
    for (const message of messages) {
      const one = this.of(consumer, message)
      if (one.doneAt !== null) continue
      one.finished++
      one.error = error
    }
  }

  async giveUp(consumer: string, message: MessageName, error: string): Promise<void> {
    const one = this.of(consumer, message)
    if (one.doneAt !== null) return
    one.finished++
    one.error = error
    one.doneAt = this.clock.now()
  }

  async status(consumer: string, message: MessageName): Promise<InboxStatus> {
    const [known] = await this.look(consumer, [message])
    return known?.status ?? 'not-seen'
  }

  async forget(retentionMs: number, limit: number): Promise<number> {
    const before = this.clock.now() - retentionMs
    const old = [...this.seen].filter(([, { doneAt }]) => doneAt !== null && doneAt < before).slice(0, limit)
    for (const [name] of old) this.seen.delete(name)
    return old.length
  }

  private async handleNow(
    consumer: string,
    messages: readonly MessageName[],
    work: Parameters<MemoryInbox['handle']>[2],
  ): Promise<void> {
    const fresh = messages.filter((message) => this.of(consumer, message).doneAt === null)
    if (fresh.length === 0) return
    const trx = new MemoryTransaction()
    await work({ trx, send: (message) => this.send(trx, message) }, fresh)
    trx.commit()
    for (const message of fresh) {
      const one = this.of(consumer, message)
      one.finished++
      one.doneAt = this.clock.now()
    }
  }

  private async send(trx: MemoryTransaction, message: Message): Promise<void> {
    if (this.outbox === null) throw new TypeError('outbox: is missing: this inbox has none to send by')
    await this.outbox.write(trx, [message])
  }

  private of(consumer: string, message: MessageName): Seen {
    const name = nameIn(consumer, message)
    let one = this.seen.get(name)
    if (one === undefined) {
      one = { started: 0, finished: 0, doneAt: null, error: null }
      this.seen.set(name, one)
    }
    return one
  }
}

function nameIn(consumer: string, { source, id }: MessageName): string {
  return JSON.stringify([consumer, source, id])
}
