import { afterEach, describe, expect, test } from 'vitest'
import { HandScheduler } from '../../coalescer/hand-driven.js'
import { MemoryBroker } from '../../memory/messages/broker.js'
import { MemoryInbox } from '../../memory/messages/inbox.js'
import { MemoryOutbox } from '../../memory/messages/outbox.js'
import type { MemoryTransaction } from '../../memory/messages/transaction.js'
import { receivedFrom, recordOf } from '../envelope.js'
import { messageOf } from '../relay/relay-scene.js'
import { EventConsumer, type EventConsumerOptions } from './event-consumer.js'

class ConsumerScene {
  readonly scheduler = new HandScheduler()
  readonly clock = { now: () => this.scheduler.now() }
  readonly broker = new MemoryBroker({ clock: this.clock, scheduler: this.scheduler, partitions: 1 })
  readonly outbox = new MemoryOutbox({ clock: this.clock })
  readonly inbox = new MemoryInbox({ clock: this.clock, outbox: this.outbox })
  /** What committed, in order. */
  readonly handled: string[] = []
  readonly consumers: EventConsumer<MemoryTransaction>[] = []
  /** Handlings begun, of each message. */
  readonly begun = new Map<string, number>()
  fails: (id: string) => boolean = () => false

  consumer(options: Partial<EventConsumerOptions<MemoryTransaction>> = {}): EventConsumer<MemoryTransaction> {
    const { inbox, scheduler } = this
    const source = this.broker.source({ groupId: 'shipping' })
    const consumer = new EventConsumer({ source, inbox, scheduler, retryAfter: { seconds: 1 }, ...options })
    consumer.on('order.told', async (event, { trx, send }) => {
      this.begun.set(event.id, (this.begun.get(event.id) ?? 0) + 1)
      await send(messageOf(`${event.id}-shipped1`))
      trx.stage(() => this.handled.push(event.id))
      if (this.fails(event.id)) throw new Error('no box is large enough')
    })
    this.consumers.push(consumer)
    return consumer
  }

  async publish(...names: string[]): Promise<void> {
    const records = names.map((name) => recordOf(messageOf(name), 'shop', () => 'holdfast.order'))
    await this.broker.publisher().publishBatch(records)
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      await this.scheduler.turns()
      await this.scheduler.advance(100)
    }
    await this.scheduler.turns()
  }

  async close(): Promise<void> {
    for (const consumer of this.consumers) await consumer.close()
  }
}

let scene: ConsumerScene

function setUp(): ConsumerScene {
  scene = new ConsumerScene()
  return scene
}

afterEach(() => scene.close())

describe('a consumer', () => {
  test('handles each message once, with the messages that its handler sends', async () => {
    setUp()
    await scene.consumer().start()
    await scene.publish('a1', 'b1', 'a1', 'a2')
    await scene.publish('a1')
    await scene.pass(1_000)
    expect(scene.handled).toEqual(['a1', 'b1', 'a2'])
    expect((await scene.outbox.metrics()).depth).toBe(3)
  })

  test('answers what became of a message', async () => {
    const { inbox } = setUp()
    scene.fails = (id) => id === 'a1'
    await scene.consumer().start()
    await scene.publish('a1', 'b1')
    await scene.pass(500)
    const status = (id: string) => inbox.status('shipping', { source: 'shop', id })
    expect([await status('a1'), await status('b1'), await status('c1')]).toEqual([
      'in-progress',
      'done',
      'not-seen',
    ])
  })

  test('leaves alone what it has no handler for', async () => {
    setUp()
    await scene.consumer().start()
    const record = recordOf({ ...messageOf('a1'), type: 'order.other' }, 'shop', () => 'holdfast.order')
    await scene.broker.publisher().publishBatch([record])
    await scene.publish('a2')
    await scene.pass(500)
    expect(scene.handled).toEqual(['a2'])
  })

  test('one that fails blocks its key alone, and nothing of what it wrote is kept', async () => {
    setUp()
    scene.fails = (id) => id === 'a1'
    await scene.consumer().start()
    await scene.publish('a1', 'b1', 'a2', 'c1')
    await scene.pass(3_000)
    expect(scene.handled).toEqual(['b1', 'c1'])
    expect((await scene.outbox.metrics()).depth).toBe(2)
    scene.fails = () => false
    await scene.pass(10_000)
    expect(scene.handled).toEqual(['b1', 'c1', 'a1', 'a2'])
  })

  test('what is poison goes to the dead letters with the reason, and its key goes on', async () => {
    const { broker } = setUp()
    scene.fails = (id) => id === 'a1'
    const told: string[] = []
    const consumer = scene.consumer({ deadLetters: broker.publisher(), attempts: 3 })
    consumer.on('dead-letter', ({ reason }) => told.push(reason))
    await consumer.start()
    await scene.publish('a1', 'a2')
    await scene.pass(20_000)
    expect(scene.handled).toEqual(['a2'])
    expect(told).toEqual(['no box is large enough'])
    const [letter] = broker.records('holdfast.order.dead-letter').map(receivedFrom)
    expect(letter).toMatchObject({
      id: 'a1',
      headers: {
        'holdfast-reason': 'no box is large enough',
        'holdfast-attempts': '3',
        'holdfast-from': 'holdfast.order/0/0',
      },
    })
    await scene.publish('a1')
    await scene.pass(1_000)
    expect(scene.begun.get('a1')).toBe(3)
  })

  test('without dead letters it blocks its key, is told, and is tried for ever', async () => {
    setUp()
    scene.fails = (id) => id === 'a1'
    let told = 0
    await scene
      .consumer({ attempts: 2 })
      .on('blocked', () => told++)
      .start()
    await scene.publish('a1', 'b1')
    await scene.pass(300_000)
    expect(told).toBeGreaterThan(3)
    scene.fails = () => false
    await scene.pass(60_000)
    expect(scene.handled).toEqual(['b1', 'a1'])
  })

  test('a message that every process dies of is given up, and its neighbours are not', async () => {
    const { broker, inbox } = setUp()
    const name = (id: string) => ({ source: 'shop', id })
    // The first process died with all of them begun, the later ones at the first alone.
    await inbox.begin('shipping', ['a1', 'b1'].map(name))
    await inbox.begin('shipping', [name('a1')])
    await inbox.begin('shipping', [name('a1')])
    await scene.consumer({ deadLetters: broker.publisher(), attempts: 3 }).start()
    await scene.publish('a1', 'b1', 'a2')
    await scene.pass(1_000)
    expect(scene.handled).toEqual(['b1', 'a2'])
    expect(broker.records('holdfast.order.dead-letter')).toHaveLength(1)
  })

  test('two of one group share what comes, and what one leaves behind the other takes', async () => {
    setUp()
    const first = scene.consumer()
    await first.start()
    await scene.publish('a1')
    await scene.pass(100)
    await first.close()
    await scene.publish('a2')
    await scene.consumer().start()
    await scene.pass(100)
    expect(scene.handled).toEqual(['a1', 'a2'])
  })

  test.each([
    [{ attempts: 0 }, 'attempts'],
    [{ topics: [] }, 'topics'],
    [{ inbox: {} }, 'inbox'],
    [{ retention: { hours: -1 } }, 'retention.hours'],
  ])('refuses %j, telling the field', (options, path) => {
    setUp()
    expect(() => scene.consumer(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', path }),
    )
  })
})
