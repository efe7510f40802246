import { inTransaction, MemoryOutbox } from '@holdfast/core'
import type { Message, Outbox, OutboxLease, WaitingMessage } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { RedisOutbox } from '../src/index.js'
import { newKeys } from './redis-servers.js'

// Messages are written, sent, parked, resumed and dropped, leases begin and end: the outbox in memory and the one on Redis
// answer alike, step by step. Of a key the first message that was not sent is sent or parked, as a relay does.

const LEASE = 60_000
const REACHES = ['alone', 'whole-key'] as const

type Step =
  | { readonly kind: 'write'; readonly keys: readonly string[] }
  | { readonly kind: 'send'; readonly key: string; readonly count: number }
  | { readonly kind: 'park'; readonly key: string; readonly reach: (typeof REACHES)[number] }
  | { readonly kind: 'resume' | 'discard'; readonly which: number }
  | { readonly kind: 'note'; readonly key: string; readonly isWell: boolean }
  | { readonly kind: 'rewind' | 'release' | 'die' }

const keyNames = fc.constantFrom('a', 'b', 'c{}:')
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      keys: fc.array(keyNames, { minLength: 1, maxLength: 20 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      key: keyNames,
      count: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('park' as const),
      key: keyNames,
      reach: fc.constantFrom(...REACHES),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('resume' as const, 'discard' as const), which: fc.nat(9) }),
  },
  fc.record({ kind: fc.constant('note' as const), key: keyNames, isWell: fc.boolean() }),
  fc.constantFrom('rewind' as const, 'release' as const, 'die' as const).map((kind) => ({ kind })),
)

/** An outbox, and what its lease has read and was not sent. */
class Side {
  private lease: OutboxLease | null = null
  private open: WaitingMessage[] = []

  constructor(
    readonly outbox: Outbox,
    readonly write: (messages: readonly Message[]) => Promise<void>,
  ) {}

  /** All that can be seen from outside. */
  async told(): Promise<unknown> {
    // Only those of one key have an order.
    const read = [...(await this.read())].sort((one, other) =>
      one.key < other.key ? -1 : Number(one.key > other.key),
    )
    const metrics = await this.outbox.metrics()
    const parked = (await this.parked()).map(({ message, reason, started }) => [message.id, reason, started])
    return { read, metrics, parked }
  }

  async take(step: Step, messages: readonly Message[]): Promise<unknown> {
    const lease = await this.leased()
    switch (step.kind) {
      case 'write':
        return this.write(messages)
      case 'send': {
        const sent = this.open.filter(({ message }) => message.key === step.key).slice(0, step.count)
        this.open = this.open.filter((one) => !sent.includes(one))
        return lease.acknowledge(sent.map(({ position }) => position))
      }
      case 'park': {
        const first = this.open.find(({ message }) => message.key === step.key)
        if (first === undefined) return
        const isGone = (one: WaitingMessage) =>
          one === first || (step.reach === 'whole-key' && one.message.key === step.key)
        this.open = this.open.filter((one) => !isGone(one))
        return lease.park({ ...first, started: 2, finished: 1, error: 'too large' }, step.reach)
      }
      case 'resume':
      case 'discard': {
        const heads = (await this.parked()).filter(({ reason }) => reason !== null)
        const head = heads[step.which % Math.max(1, heads.length)]
        return head === undefined ? null : this.outbox[step.kind](head.shard, head.message.id)
      }
      case 'note': {
        const attempts = { position: this.open[0]?.position ?? '', started: 1, finished: 0, error: '' }
        return lease.note({ aggregate: 'thing', key: step.key }, step.isWell ? null : attempts)
      }
      case 'rewind':
        this.open = []
        return lease.rewind()
      case 'release':
        this.lease = null
        return lease.release()
      case 'die':
        this.lease = null
        return
    }
  }

  /** Reads on, from the beginning where that is asked for. */
  private async read(): Promise<readonly { readonly key: string; readonly id: string }[]> {
    const lease = await this.leased()
    const all: { readonly key: string; readonly id: string }[] = []
    for (;;) {
      const found = await lease.read(7)
      if (found === 'rewind-needed') {
        all.push({ key: '', id: found })
        this.open = []
        await lease.rewind()
      } else if (found.length === 0) return all
      else {
        this.open.push(...found)
        all.push(...found.map(({ message: { key, id } }) => ({ key, id })))
      }
    }
  }

  private async leased(): Promise<OutboxLease> {
    if (this.lease !== null) return this.lease
    const [shard] = await this.outbox.shards()
    const lease = await this.outbox.lease(shard as string, 'test', LEASE)
    if (lease === null) throw new Error('another has it')
    this.open = []
    this.lease = lease
    return lease
  }

  private async parked() {
    return (await this.outbox.listParked({ cursor: null, limit: 10_000 })).messages
  }
}

const keys = await newKeys('redis')

describe.skipIf(keys === null)('an outbox on Redis', () => {
  if (keys === null) return
  afterAll(() => keys.drop())
  const redis = keys.connect()
  let outboxes = 0

  it('answers as the one in memory, step by step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 40 }), async (history) => {
        let time = Date.UTC(2026, 0, 1)
        const clock = { kind: 'virtual', now: () => time } as const
        const options = { keyPrefix: `${keys.prefix}${outboxes++}:`, clock, maxUnrelayed: 6 }
        const inMaps = new MemoryOutbox({ clock })
        const inKeys = new RedisOutbox(redis, options)
        const memory = new Side(inMaps, (messages) => inTransaction((trx) => inMaps.write(trx, messages)))
        const onRedis = new Side(inKeys, (messages) => inKeys.write(messages))
        let written = 0
        for (const step of history) {
          const messages = step.kind !== 'write' ? [] : step.keys.map((key) => message(key, ++written, time))
          const [expected, found] = [await memory.take(step, messages), await onRedis.take(step, messages)]
          expect(found).toEqual(expected)
          time += step.kind === 'die' ? LEASE : 1
          expect(await onRedis.told()).toEqual(await memory.told())
        }
      }),
      { numRuns: 100 },
    )
  })
})

function message(key: string, number: number, at: number): Message {
  return {
    id: `m${number}`,
    aggregate: 'thing',
    key,
    type: 'thing.told',
    payload: `{"n":${number}}`,
    at,
    headers: {},
  }
}
