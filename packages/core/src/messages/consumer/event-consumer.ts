import { EventEmitter } from 'node:events'
import { consumerOptionsSchema } from '../../input/consumer.js'
import type { Duration } from '../../input/duration.js'
import { invalid, parse } from '../../input/parse.js'
import type { Inbox } from '../../port/inbox.js'
import type { IncomingRecord } from '../../port/message.js'
import type { MessageSource } from '../../port/message-source.js'
import type { Publisher } from '../../port/publisher.js'
import { type Scheduler, systemScheduler } from '../../scheduler.js'
import { defaultTopic, type TopicOf } from '../envelope.js'
import { BatchHandling, type ConsumerSetting } from './batch-handling.js'
import { type EventHandler, type GivenUpHandler, Handlers } from './handlers.js'

export interface EventConsumerOptions<Transaction> {
  readonly source: MessageSource
  readonly inbox: Inbox<Transaction>
  /** By which the inbox tells consumers apart: the source's group if absent. */
  readonly name?: string | undefined
  /** Those of the aggregates that handlers are there for, if absent. */
  readonly topics?: readonly string[] | undefined
  /** `holdfast.` and the aggregate if absent. */
  readonly topicOf?: TopicOf | undefined
  /** Takes what is poison, on the topic `….dead-letter`. If absent such a message blocks its key and is tried for ever. */
  readonly deadLetters?: Publisher | undefined
  /** Failed attempts after which a message is poison: 5 if absent. */
  readonly attempts?: number | undefined
  /** Wait before the second attempt, doubled with each further one to a minute: 1 second if absent. */
  readonly retryAfter?: Duration | undefined
  /** Messages that one transaction handles at most: 100 if absent. */
  readonly batchLimit?: number | undefined
  /** How long the inbox remembers what is done: 7 days if absent. Longer than a broker keeps or repeats a message. */
  readonly retention?: Duration | undefined
  readonly scheduler?: Scheduler | undefined
}

interface ConsumerEvents {
  /** Something failed; it is tried again. */
  error: [unknown]
  /** A message was given up and sent to the dead letters. */
  'dead-letter': [{ readonly record: IncomingRecord; readonly reason: string }]
  /** A message's attempts are spent, and it goes on being tried, for no dead letters are taken. */
  blocked: [{ readonly record: IncomingRecord; readonly error: unknown; readonly attempts: number }]
  /** The source has given up. */
  crashed: [unknown]
}

const LONGEST_RETRY_MS = 60_000
const WEEK_MS = 7 * 24 * 60 * 60 * 1_000
/** How often what is done long ago is forgotten, ms, and how much at once. */
const FORGETS_EVERY = 60_000
const MOST_FORGOTTEN = 10_000

/**
 * Handles messages of other services, each once: the inbox's row, the handler's changes and the messages that it sends are
 * one transaction, and only then is the broker told.
 *
 * ```ts sketch
 * const events = new EventConsumer({ source: kafka.source({ groupId: 'shipping' }), inbox: new SqlInbox(db) })
 * events.on('order.paid', (event, { trx }) => trx('shipments').insert({ order_id: event.subject }))
 * await events.start()
 * ```
 */
export class EventConsumer<Transaction = unknown> {
  private readonly setting: ConsumerSetting<Transaction>
  private readonly handlers = new Handlers<Transaction>()
  private readonly emitter = new EventEmitter<ConsumerEvents>()
  private readonly source: MessageSource
  private readonly topicsGiven: readonly string[] | undefined
  private readonly topicOf: TopicOf
  private readonly scheduler: Scheduler
  private readonly retentionMs: number
  private cancelForgetting: (() => void) | null = null
  private forgetting: Promise<void> = Promise.resolve()
  private isRunning = false

  /** @throws HoldfastError `invalid-argument` with the option's path */
  constructor(options: EventConsumerOptions<Transaction>) {
    const checked = parse(consumerOptionsSchema, options, 'options')
    const { source, inbox, deadLetters = null, topicOf = defaultTopic, scheduler = systemScheduler } = options
    this.source = source
    this.topicsGiven = options.topics
    this.topicOf = topicOf
    this.scheduler = scheduler
    this.retentionMs = checked.retention ?? WEEK_MS
    this.setting = {
      consumer: checked.name ?? source.groupId,
      inbox,
      handlers: this.handlers,
      deadLetters,
      attempts: checked.attempts ?? 5,
      retry: { firstMs: checked.retryAfter ?? 1_000, longestMs: LONGEST_RETRY_MS },
      batchLimit: checked.batchLimit ?? 100,
      tell: {
        error: (error) => this.fail(error),
        deadLetter: (letter) => this.emitter.emit('dead-letter', letter),
        blocked: (blocked) => this.emitter.emit('blocked', blocked),
      },
    }
  }

  /**
   * What to do about messages of a type, `order.paid`; or a listener for what the consumer tells of itself. `givenUp`
   * takes the place of the dead letters: it is run, and may send, where the attempts are spent.
   */
  on(
    type: `${string}.${string}`,
    handler: EventHandler<Transaction>,
    spent?: { readonly givenUp: GivenUpHandler<Transaction> },
  ): this
  on<Name extends keyof ConsumerEvents>(
    name: Name,
    listener: (...told: ConsumerEvents[Name]) => unknown,
  ): this
  on(
    name: string,
    listener: (...given: never[]) => unknown,
    spent?: { readonly givenUp: GivenUpHandler<Transaction> },
  ): this {
    if (name.includes('.')) {
      if (this.isRunning) throw invalid('type', 'handlers must be there before the consumer starts')
      this.handlers.add(name, listener as unknown as EventHandler<Transaction>, spent?.givenUp)
    } else {
      this.emitter.on(name as keyof ConsumerEvents, listener as () => void)
    }
    return this
  }

  async start(): Promise<void> {
    if (this.isRunning) return
    const topics =
      this.topicsGiven ?? this.handlers.aggregates().map((aggregate) => this.topicOf({ aggregate }))
    if (topics.length === 0) throw invalid('topics', 'there is no handler, so there is nothing to listen to')
    this.isRunning = true
    await this.setting.deadLetters?.connect()
    await this.source.start(topics, (batch) => new BatchHandling(this.setting, batch).run(), {
      error: (error) => this.fail(error),
      crashed: (error) => this.emitter.emit('crashed', error),
    })
    this.forgetLater()
  }

  /** Begins nothing more and waits for what is under way. Inbox and dead letters stay open. */
  async close(): Promise<void> {
    this.isRunning = false
    this.cancelForgetting?.()
    await this.source.close()
    await this.forgetting
  }

  private forgetLater(): void {
    this.cancelForgetting = this.scheduler.timer(FORGETS_EVERY, () => {
      this.forgetting = this.forget()
    })
  }

  private async forget(): Promise<void> {
    try {
      await this.setting.inbox.forget(this.retentionMs, MOST_FORGOTTEN)
    } catch (error) {
      this.fail(error)
    }
    if (this.isRunning) this.forgetLater()
  }

  private fail(error: unknown): void {
    if (this.emitter.listenerCount('error') > 0) this.emitter.emit('error', error)
  }
}
