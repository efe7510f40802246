import { HandScheduler, promisesSettle } from '../../coalescer/hand-driven.js'
import { MemoryBroker } from '../../memory/messages/broker.js'
import { MemoryOutbox } from '../../memory/messages/outbox.js'
import { inTransaction } from '../../memory/messages/transaction.js'
import type { Message, OutgoingRecord } from '../../port/message.js'
import type { ParkedMessage } from '../../port/outbox.js'
import type { Sent } from '../../port/publisher.js'
import { receivedFrom } from '../envelope.js'
import { Relay, type RelayOptions } from './relay.js'

// What the tests of this folder relay with: an outbox and a broker in memory, and a time that moves when told to.

export const ACKED: Sent = { kind: 'acked' }
export const RETRIABLE: Sent = { kind: 'retriable', error: new Error('the broker is away') }
export const FATAL: Sent = { kind: 'fatal', error: new Error('too large') }

/** `a1` is the first message of key `a`. */
export function messageOf(name: string): Message {
  const key = name.replace(/\d+$/, '')
  return { id: name, aggregate: 'order', key, type: 'order.told', payload: '{}', at: 0, headers: {} }
}

export class RelayScene {
  readonly scheduler = new HandScheduler()
  readonly outbox: MemoryOutbox
  readonly broker: MemoryBroker
  readonly parked: string[] = []
  readonly blocked: string[] = []
  readonly errors: unknown[] = []
  readonly relays: Relay[] = []
  judge: (name: string) => Sent = () => ACKED

  constructor({ shards = 1 } = {}) {
    const clock = { now: () => this.scheduler.now() }
    this.outbox = new MemoryOutbox({ clock, shards })
    const judge = (record: OutgoingRecord) => this.judge(String(record.headers.ce_id))
    this.broker = new MemoryBroker({ clock, scheduler: this.scheduler, partitions: 1, judge })
  }

  relay(options: Partial<RelayOptions> = {}): Relay {
    const { outbox, scheduler } = this
    const relay = new Relay({ outbox, publisher: this.broker.publisher(), scheduler, ...options })
    relay.on('parked', ({ message }) => this.parked.push(message.id))
    relay.on('blocked', ({ message }) => this.blocked.push(message.id))
    relay.on('error', (error) => this.errors.push(error))
    this.relays.push(relay)
    return relay
  }

  async write(...names: string[]): Promise<void> {
    await inTransaction((transaction) => this.outbox.write(transaction, names.map(messageOf)))
  }

  /** Lets so much time pass, in steps, everything settling in between. */
  async pass(ms: number, stepMs = 50): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      await this.scheduler.turns()
      await this.scheduler.advance(Math.min(stepMs, left))
    }
    await this.scheduler.turns()
  }

  /** Ids at the broker, in order; of one key, if named. */
  arrived(key?: string): readonly string[] {
    const received = this.broker.records('holdfast.order').map(receivedFrom)
    return received.filter(({ subject }) => key === undefined || subject === key).map(({ id }) => id)
  }

  async waiting(): Promise<number> {
    return (await this.outbox.metrics()).depth
  }

  async setAside(): Promise<readonly ParkedMessage[]> {
    return (await this.outbox.listParked({ cursor: null, limit: 10_000 })).messages
  }

  async close(): Promise<void> {
    for (const relay of this.relays) {
      const closed = relay.close()
      await this.pass(500)
      await closed
    }
    await promisesSettle()
  }
}
