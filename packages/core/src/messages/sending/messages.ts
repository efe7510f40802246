import { newOrderId } from '../../desk/order-id.js'
import { digest } from '../../identity/digest.js'
import type { Duration } from '../../input/duration.js'
import { messagesOptionsSchema, newMessageSchema } from '../../input/message.js'
import { invalid, parse } from '../../input/parse.js'
import type { CheckAnswer, HalfMessageStore, LocalTransactions } from '../../port/half-message-store.js'
import type { Message } from '../../port/message.js'
import type { OutboxWriter } from '../../port/outbox.js'

/** A message as a shop writes it. */
export interface NewMessage {
  /** Makes a repeated call safe; minted if absent. */
  readonly id?: string | undefined
  /** What it tells of, a dot, what happened: `order.paid`. */
  readonly type: string
  /** Which one it tells of; messages of one aggregate and key stay in order. */
  readonly key: string
  /** Anything that JSON can tell, or bytes. */
  readonly data: unknown
  /** `traceparent`, and a shop's own; names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Whether the local transaction of this message committed. A tombstone must keep it from committing after `rolled-back`. */
export type CheckFunction = (id: string) => Promise<CheckAnswer> | CheckAnswer

export interface SendOptions<Transaction, T> {
  /** The local transaction: what it writes by `trx` commits together with the message, or not at all. */
  readonly run: (trx: Transaction) => Promise<T> | T
  /** Asked when nobody told what became of it. By the mark that the transaction leaves if absent. */
  readonly check?: CheckFunction | undefined
}

export type SendResult<T> =
  | { readonly ok: true; readonly id: string; readonly replayed: false; readonly value: T }
  /** It was sent before; `run` was not run. */
  | { readonly ok: true; readonly id: string; readonly replayed: true }
  /** `given-up`: a check found that it had not committed, and it never will. `id-reused`: by another message. */
  | { readonly ok: false; readonly id: string; readonly reason: 'given-up' | 'id-reused' }

/** What half messages are prepared and decided by: a store in reach, or the message service behind HTTP. */
export type HalfMessages = Pick<HalfMessageStore, 'prepare' | 'decide'>

export interface MessagesOptions<Transaction> {
  /** Where local transactions run. */
  readonly transactions: LocalTransactions<Transaction>
  /** The local message table: the message is written in the local transaction. Either this or `halfMessages`. */
  readonly outbox?: OutboxWriter<Transaction> | undefined
  /** Half messages, decided after the local transaction, or by a check. */
  readonly halfMessages?: HalfMessages | undefined
  /** Where this sender is asked, if its half messages are checked elsewhere: an address. */
  readonly checkAt?: string | undefined
  /** When a half message of which nothing more was heard is checked first: a minute after if absent. */
  readonly checkAfter?: Duration | undefined
  /** Told that something waits, so that it need not be found by polling. */
  readonly relay?: { wake(): void } | undefined
  readonly newId?: (() => string) | undefined
}

const CHECK_AFTER_MS = 60_000

/**
 * Tells others what a local transaction did: if it commits the message is sent, and never otherwise. Which of the three
 * styles is a matter of configuration; what a shop writes is the same.
 */
export class Messages<Transaction> {
  private readonly checks = new Map<string, CheckFunction>()
  private readonly checkAfterMs: number
  private readonly newId: () => string

  /** @throws HoldfastError `invalid-argument` with the option's path */
  constructor(private readonly options: MessagesOptions<Transaction>) {
    const checked = parse(messagesOptionsSchema, options, 'options')
    if ((options.outbox === undefined) === (options.halfMessages === undefined)) {
      throw invalid('outbox', 'give either this or halfMessages')
    }
    this.checkAfterMs = checked.checkAfter ?? CHECK_AFTER_MS
    this.newId = options.newId ?? newOrderId
  }

  /**
   * Runs the local transaction and sends the message if it committed. What `run` throws is thrown; the call may then be
   * repeated under the same id until a check has given it up.
   *
   * @throws HoldfastError `invalid-argument`; nothing was begun
   */
  async send<T>(message: NewMessage, { run, check }: SendOptions<Transaction, T>): Promise<SendResult<T>> {
    const whole = this.complete(message)
    if (check !== undefined) this.checkWith(whole.type, check)
    const { outbox, halfMessages } = this.options
    if (outbox !== undefined) return this.byOutbox(whole, outbox, run)
    return this.byHalfMessage(whole, halfMessages as HalfMessages, run)
  }

  /** How messages of a type are checked, also those that were sent before this process began. */
  checkWith(type: string, check: CheckFunction): void {
    this.checks.set(type, check)
  }

  /** A checker's question what became of a message's local transaction. */
  async answer({ id, type }: Pick<Message, 'id' | 'type'>): Promise<CheckAnswer> {
    const check = this.checks.get(type)
    return check === undefined ? this.options.transactions.check(id) : check(id)
  }

  private async byOutbox<T>(
    message: Message,
    outbox: OutboxWriter<Transaction>,
    run: SendOptions<Transaction, T>['run'],
  ): Promise<SendResult<T>> {
    const ended = await this.options.transactions.run(message.id, fingerprintOf(message), async (trx) => {
      const value = await run(trx)
      await outbox.write(trx, [message])
      return value
    })
    this.options.relay?.wake()
    return resultOf(message.id, ended)
  }

  private async byHalfMessage<T>(
    message: Message,
    halfMessages: HalfMessages,
    run: SendOptions<Transaction, T>['run'],
  ): Promise<SendResult<T>> {
    const { id } = message
    const { checkAt = null } = this.options
    const { checkAfterMs } = this
    const prepared = await halfMessages.prepare({ message, checkAt, checkAfterMs })
    if (prepared.kind === 'id-reused') return { ok: false, id, reason: 'id-reused' }
    if (prepared.status === 'committed') return { ok: true, id, replayed: true }
    if (prepared.status === 'rolled-back') return { ok: false, id, reason: 'given-up' }
    // What it throws may have committed all the same, its connection lost at the commit: a check finds out.
    const ended = await this.options.transactions.run(id, fingerprintOf(message), async (trx) => run(trx))
    if (ended.kind !== 'id-reused') {
      const decision = ended.kind === 'tombstoned' ? 'rolled-back' : 'committed'
      // If it cannot be told now, a check tells it later.
      await halfMessages.decide(id, decision).catch(() => null)
      this.options.relay?.wake()
    }
    return resultOf(id, ended)
  }

  private complete(message: NewMessage): Message {
    const { id, type, key, headers = {} } = parse(newMessageSchema, message, 'message')
    const { data } = message
    const payload = data instanceof Uint8Array ? data : JSON.stringify(data)
    if (payload === undefined) throw invalid('data', 'must be something that JSON can tell, or bytes')
    const aggregate = type.slice(0, type.indexOf('.'))
    return { id: id ?? this.newId(), aggregate, key, type, payload, at: Date.now(), headers }
  }
}

function resultOf<T>(
  id: string,
  ended: Awaited<ReturnType<LocalTransactions<unknown>['run']>>,
): SendResult<T> {
  switch (ended.kind) {
    case 'committed':
      return { ok: true, id, replayed: false, value: ended.value as T }
    case 'already':
      return { ok: true, id, replayed: true }
    case 'tombstoned':
      return { ok: false, id, reason: 'given-up' }
    case 'id-reused':
      return { ok: false, id, reason: 'id-reused' }
  }
}

function fingerprintOf({ aggregate, key, type, payload }: Message): string {
  const told = typeof payload === 'string' ? payload : Buffer.from(payload).toString('base64')
  return digest(JSON.stringify([aggregate, key, type, told]))
}
