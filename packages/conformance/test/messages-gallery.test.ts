import { MemoryTransaction } from '@holdfast/core'
import type {
  HalfMessageStore,
  Inbox,
  LocalTransactions,
  MessageSource,
  Outbox,
  OutboxLease,
  Publisher,
  Sent,
} from '@holdfast/core/adapter'
import { expect, test } from 'vitest'
import {
  type MessageKitOptions,
  testHalfMessageStore,
  testInbox,
  testMessageSource,
  testOutbox,
  testPublisher,
} from '../src/index.js'
import {
  halfMessagesInMemory,
  inboxInMemory,
  outboxInMemory,
  publisherInMemory,
  sourceInMemory,
} from './messages-in-memory.js'

// Ports of messages that are wrong in one way each: their suites must find every one.

/** `of` with some of its methods replaced; the others keep their `this`. */
function altered<T extends object>(of: T, change: (right: T) => Partial<T>): T {
  const other = change(of)
  return new Proxy(of, {
    get(target, name) {
      const value: unknown = Reflect.get(name in other ? other : target, name)
      return typeof value === 'function' && !(name in other) ? value.bind(target) : value
    },
  })
}

/** The first case that fails. */
async function failureOf<UnderTest extends { close(): Promise<void> }>(
  suite: (options: MessageKitOptions<UnderTest>) => void,
  create: MessageKitOptions<UnderTest>['create'],
): Promise<string | null> {
  const cases: (readonly [string, () => Promise<void>])[] = []
  suite({
    describe: (_, define) => define(),
    it: (name, run) => cases.push([name, run]),
    create,
    declines: ['open transactions', 'an absent topic'],
    report: () => {},
  })
  for (const [name, run] of cases) {
    const isRight = await run().then(
      () => true,
      () => false,
    )
    if (!isRight) return name
  }
  return null
}

/** How long a broker in memory may take, ms. */
const PATIENCE = 4_000

function leases(change: (right: OutboxLease) => Partial<OutboxLease>): (right: Outbox) => Partial<Outbox> {
  return (right) => ({
    lease: async (...given) => {
      const lease = await right.lease(...given)
      return lease === null ? null : altered(lease, change)
    },
  })
}

/** The same without asking whether the lease is over. */
function unfenced(work: () => Promise<void>): Promise<void> {
  return work().catch(() => {})
}

const OUTBOX_BUGS: Readonly<Record<string, (right: Outbox) => Partial<Outbox>>> = {
  'acknowledges nothing': leases(() => ({ acknowledge: async () => {} })),
  'acknowledges all between the first and the last': leases((right) => ({
    acknowledge: (positions) => {
      const numbers = positions as readonly number[]
      const first = Math.min(...numbers)
      return right.acknowledge(Array.from({ length: Math.max(...numbers) - first + 1 }, (_, n) => first + n))
    },
  })),
  'hands a shard out twice': (right) => ({
    lease: async (shard, owner, leaseMs) => {
      const lease = await right.lease(shard, owner, leaseMs)
      return lease ?? ({ shard, fence: 0, deaths: 0, troubles: [] } as unknown as OutboxLease)
    },
  }),
  'lets a stale relay acknowledge': leases((right) => ({
    acknowledge: (of) => unfenced(() => right.acknowledge(of)),
  })),
  'lets a stale relay park': leases((right) => ({
    park: (of, reach) => unfenced(() => right.park(of, reach)),
  })),
  'does not renew': leases((right) => ({ renew: async () => void (await right.read(0)) })),
  'parks one message where its key is meant': leases((right) => ({ park: (of) => right.park(of, 'alone') })),
  'parks a key where one message is meant': leases((right) => ({
    park: (of) => right.park(of, 'whole-key'),
  })),
  'does not say that messages wait again': leases((right) => ({
    read: async (limit) => {
      const read = await right.read(limit)
      return read === 'rewind-needed' ? [] : read
    },
  })),
  'rewinds to where it was': leases(() => ({ rewind: async () => {} })),
  'counts no deaths': leases(() => ({ deaths: 0 })),
  'forgets trouble': leases(() => ({ troubles: [] })),
  'reads in the wrong order': leases((right) => ({
    read: async (limit) => {
      const read = await right.read(limit)
      return read === 'rewind-needed' ? read : [...read].reverse()
    },
  })),
  'skips one where a page ends': leases((right) => ({
    read: async (limit) => {
      const read = await right.read(limit)
      return read !== 'rewind-needed' && read.length === limit ? read.slice(0, -1) : read
    },
  })),
  'keeps what is discarded': (right) => ({
    discard: async (shard, id) => (await right.resume(shard, id)) > 0,
  }),
  'counts what is set aside as waiting': (right) => ({
    metrics: async () => {
      const metrics = await right.metrics()
      return { ...metrics, depth: metrics.depth + metrics.parked }
    },
  }),
}

test.each(Object.entries(OUTBOX_BUGS))('an outbox that %s is caught', async (_, bug) => {
  const failed = await failureOf(testOutbox, async (setting) => {
    const right = await outboxInMemory(setting)
    const outbox = altered(right.outbox, bug)
    return { ...right, outbox, other: outbox }
  })
  expect(failed).not.toBeNull()
})

type MemoryInboxPort = Inbox<MemoryTransaction>

const INBOX_BUGS: Readonly<Record<string, (right: MemoryInboxPort) => Partial<MemoryInboxPort>>> = {
  'handles again what is done': (right) => ({
    handle: async (consumer, messages, work) => {
      await right.handle(consumer, messages, async () => {})
      const trx = new MemoryTransaction()
      await work({ trx, send: async () => {} }, messages)
      trx.commit()
    },
  }),
  'keeps what a failing handler wrote': (right) => ({
    handle: (consumer, messages, work) =>
      right.handle(consumer, messages, async (transaction, fresh) => {
        try {
          await work(transaction, fresh)
        } catch (error) {
          ;(transaction.trx as MemoryTransaction).commit()
          throw error
        }
      }),
  }),
  'loses what a handler sends': (right) => ({
    handle: (consumer, messages, work) =>
      right.handle(consumer, messages, ({ trx }, fresh) => work({ trx, send: async () => {} }, fresh)),
  }),
  'hands out what is done beside what is not': (right) => ({
    handle: (consumer, messages, work) =>
      right.handle(consumer, messages, (transaction) => work(transaction, messages)),
  }),
  'does not tell sources apart': (right) => ({
    look: (consumer, messages) =>
      right.look(
        consumer,
        messages.map(({ id }) => ({ source: 'shop', id })),
      ),
    status: (consumer, { id }) => right.status(consumer, { source: 'shop', id }),
  }),
  'does not tell consumers apart': (right) => ({ status: (_, message) => right.status('shipping', message) }),
  'folds case': (right) => ({
    status: (consumer, { source, id }) => right.status(consumer, { source, id: id.toLowerCase() }),
  }),
  'counts no failures': () => ({ fail: async () => {} }),
  'counts no beginnings': () => ({ begin: async () => {} }),
  'tries again what was given up': (right) => ({
    giveUp: (consumer, name, error) => right.fail(consumer, [name], error),
  }),
  'forgets too early': (right) => ({ forget: (_, limit) => right.forget(-1, limit) }),
  'forgets more than it may': (right) => ({ forget: (retentionMs) => right.forget(retentionMs, 100) }),
  'answers in an order of its own': (right) => ({
    look: async (consumer, messages) =>
      [...(await right.look(consumer, messages))].sort((one, other) => (one.status < other.status ? -1 : 1)),
  }),
}

test.each(Object.entries(INBOX_BUGS))('an inbox that %s is caught', async (_, bug) => {
  const failed = await failureOf(testInbox<MemoryTransaction>, async (setting) => {
    const right = await inboxInMemory(setting)
    const inbox = altered(right.inbox, bug)
    return { ...right, inbox, other: inbox }
  })
  expect(failed).not.toBeNull()
})

interface Kept {
  lease: number
  half: { checks: number; status: string }
}

/** What the right store keeps, to be spoilt. */
function keptIn(right: HalfMessageStore): Map<string, Kept> {
  return (right as unknown as { kept: Map<string, Kept> }).kept
}

const HALF_BUGS: Readonly<Record<string, (right: HalfMessageStore) => Partial<HalfMessageStore>>> = {
  'commits what was rolled back': (right) => ({
    decide: async (id, decision) => {
      const kept = keptIn(right).get(id)
      if (kept?.half.status === 'rolled-back') kept.half = { ...kept.half, status: 'prepared' }
      return right.decide(id, decision)
    },
  }),
  'sends twice': (right) => ({
    decide: async (id, decision) => {
      const kept = keptIn(right).get(id)
      if (kept?.half.status === 'committed') kept.half = { ...kept.half, status: 'prepared' }
      return right.decide(id, decision)
    },
  }),
  'sends before it is decided': (right) => ({
    prepare: async (half) => {
      const prepared = await right.prepare(half)
      await right.decide(half.message.id, 'committed')
      return prepared
    },
  }),
  'says that it was new each time': (right) => ({
    decide: async (id, decision) => {
      const decided = await right.decide(id, decision)
      return decided === null ? null : { ...decided, isNew: true }
    },
  }),
  'takes another message for the same': (right) => ({
    prepare: async (half) => {
      const prepared = await right.prepare(half)
      return prepared.kind === 'id-reused' ? { ...prepared, kind: 'replayed' } : prepared
    },
  }),
  'hands a check out twice': (right) => ({ takeDue: (limit) => right.takeDue(limit, 0) }),
  'takes the answer of a lease that was given on': (right) => ({
    report: (due, report, budget) => {
      const lease = keptIn(right).get(due.half.message.id)?.lease ?? due.lease
      return right.report({ ...due, lease }, report, budget)
    },
  }),
  'counts checks that were not delivered': (right) => ({
    report: (due, report, budget) =>
      right.report(
        due,
        report.kind === 'answered' ? report : { kind: 'answered', answer: 'unknown' },
        budget,
      ),
  }),
  'never parks': (right) => ({
    report: (due, report, budget) =>
      right.report(due, report, { ...budget, checks: Number.POSITIVE_INFINITY }),
  }),
  'checks again at once': (right) => ({
    report: (due, report, budget) => right.report(due, report, { ...budget, retryAfterMs: 0 }),
  }),
  'resumes with a spent budget': (right) => ({
    resume: async (id) => {
      const kept = keptIn(right).get(id)
      const checks = kept?.half.checks ?? 0
      const isResumed = await right.resume(id)
      if (kept !== undefined) kept.half = { ...kept.half, checks }
      return isResumed
    },
  }),
  'removes too early': (right) => ({ removeDecided: (_, limit) => right.removeDecided(-1, limit) }),
  'lists one page alone': (right) => ({
    list: async (query) => ({ ...(await right.list(query)), cursor: null }),
  }),
}

test.each(Object.entries(HALF_BUGS))('a store of half messages that %s is caught', async (_, bug) => {
  const failed = await failureOf(testHalfMessageStore<MemoryTransaction>, async (setting) => {
    const right = await halfMessagesInMemory(setting)
    const halfMessages = altered(right.halfMessages, bug)
    return { ...right, halfMessages, other: halfMessages }
  })
  expect(failed).not.toBeNull()
})

type MemoryTransactions = LocalTransactions<MemoryTransaction>

const TRANSACTION_BUGS: Readonly<Record<string, (right: MemoryTransactions) => Partial<MemoryTransactions>>> =
  {
    'leave no tombstone': (right) => {
      const marks = (right as unknown as { marks: Map<string, unknown> }).marks
      return { check: async (id) => (marks.has(id) ? right.check(id) : 'rolled-back') }
    },
    'run again what committed': (right) => ({
      run: async (id, fingerprint, work) => {
        const ran = await right.run(id, fingerprint, work)
        if (ran.kind === 'committed') return ran
        const trx = new MemoryTransaction()
        const value = await work(trx)
        trx.commit()
        return { kind: 'committed', value }
      },
    }),
    'mark what failed': (right) => ({
      run: (id, fingerprint, work) =>
        right.run(id, fingerprint, work).catch(async (error: unknown) => {
          await right.run(id, fingerprint, async () => {})
          throw error
        }),
    }),
    'take another message for the same': (right) => ({ run: (id, _, work) => right.run(id, '', work) }),
    'forget too early': (right) => ({ forget: (_, limit) => right.forget(-1, limit) }),
  }

test.each(Object.entries(TRANSACTION_BUGS))('local transactions that %s are caught', async (_, bug) => {
  const failed = await failureOf(testHalfMessageStore<MemoryTransaction>, async (setting) => {
    const right = await halfMessagesInMemory(setting)
    return { ...right, transactions: altered(right.transactions, bug) }
  })
  expect(failed).not.toBeNull()
})

const ACKED: Sent = { kind: 'acked' }

const PUBLISHER_BUGS: Readonly<Record<string, (right: Publisher) => Partial<Publisher>>> = {
  'sends a batch in reverse': (right) => ({
    publishBatch: async (records) => [...(await right.publishBatch([...records].reverse()))].reverse(),
  }),
  'loses the last record of a batch': (right) => ({
    publishBatch: async (records) => {
      if (records.length < 2) return right.publishBatch(records)
      return [...(await right.publishBatch(records.slice(0, -1))), ACKED]
    },
  }),
  'sends twice': (right) => ({
    publishBatch: async (records) => {
      await right.publishBatch(records)
      return right.publishBatch(records)
    },
  }),
  'acks whatever it was given': (right) => ({
    publishBatch: async (records) => {
      await right.publishBatch(records)
      return records.map(() => ACKED)
    },
  }),
  'would try for ever what is refused': (right) => ({
    publishBatch: async (records) =>
      (await right.publishBatch(records)).map((sent) =>
        sent.kind === 'fatal' ? { ...sent, kind: 'retriable' } : sent,
      ),
  }),
  'goes on behind what is refused': (right) => ({
    publishBatch: async (records) =>
      (await Promise.all(records.map((record) => right.publishBatch([record])))).flat(),
  }),
  'throws what the broker refused': (right) => ({
    publishBatch: async (records) => {
      const sent = await right.publishBatch(records)
      const failed = sent.find(({ kind }) => kind === 'fatal')
      if (failed !== undefined) throw new Error('refused')
      return sent
    },
  }),
  'answers for the batch and not for its records': (right) => ({
    publishBatch: async (records) => (await right.publishBatch(records)).slice(0, 1),
  }),
  'leaves headers out': (right) => ({
    publishBatch: (records) => right.publishBatch(records.map((record) => ({ ...record, headers: {} }))),
  }),
  'takes bytes for text': (right) => ({
    publishBatch: (records) =>
      right.publishBatch(
        records.map((record) => ({ ...record, value: record.value && String(record.value) })),
      ),
  }),
  'takes an empty value for none': (right) => ({
    publishBatch: (records) =>
      right.publishBatch(
        records.map((record) => ({ ...record, value: record.value?.length === 0 ? null : record.value })),
      ),
  }),
  'trims keys': (right) => ({
    publishBatch: (records) => right.publishBatch(records.map((each) => ({ ...each, key: each.key.trim() }))),
  }),
  'puts a key on another track each time': (right) => {
    let times = 0
    return { trackOf: (topic, key) => `${right.trackOf(topic, key)}/${times++}` }
  },
  'has one track for everything': () => ({ trackOf: () => 'all' }),
  'has tracks that are no partitions': () => ({ trackOf: (_, key) => String(key.length % 2) }),
  'closes before it has answered': (right) => ({
    publishBatch: async (records) => {
      const sent = await right.publishBatch(records)
      await new Promise((resolve) => setTimeout(resolve, 20))
      return sent
    },
  }),
}

test.each(Object.entries(PUBLISHER_BUGS))('a publisher that %s is caught', async (_, bug) => {
  const failed = await failureOf(testPublisher, async () => {
    const right = await publisherInMemory()
    return { ...right, patienceMs: PATIENCE, publisher: altered(right.publisher, bug) }
  })
  expect(failed).not.toBeNull()
})

type Handle = Parameters<MessageSource['start']>[1]

/** A source whose handler is called in another way. */
function handling(change: (handle: Handle) => Handle): (right: MessageSource) => Partial<MessageSource> {
  return (right) => ({ start: (topics, handle, on) => right.start(topics, change(handle), on) })
}

const SOURCE_BUGS: Readonly<Record<string, (right: MessageSource) => Partial<MessageSource>>> = {
  'commits what was not handled': handling((handle) => async (batch) => {
    await handle(batch)
    return { records: batch.records.length, pauseMs: 0 }
  }),
  'commits nothing': handling((handle) => async (batch) => {
    await handle(batch)
    return { records: 0, pauseMs: 10 }
  }),
  'commits one less than was handled': handling((handle) => async (batch) => {
    const { records, pauseMs } = await handle(batch)
    return { records: Math.max(0, records - 1), pauseMs: Math.max(pauseMs, 10) }
  }),
  'commits before it is answered': handling((handle) => async (batch) => {
    void handle(batch).catch(() => {})
    return { records: batch.records.length, pauseMs: 0 }
  }),
  'takes a failure for done': handling((handle) => async (batch) => {
    const failed = () => ({ records: batch.records.length, pauseMs: 0 })
    return handle(batch).catch(failed)
  }),
  'does not rest': handling((handle) => async (batch) => ({ ...(await handle(batch)), pauseMs: 0 })),
  'reads in reverse': handling(
    (handle) => (batch) => handle({ ...batch, records: [...batch.records].reverse() }),
  ),
  'leaves out the first': handling(
    (handle) => (batch) =>
      handle({ ...batch, records: batch.records.slice(batch.records.length > 1 ? 1 : 0) }),
  ),
  'hands out each twice': handling(
    (handle) => (batch) => handle({ ...batch, records: batch.records.flatMap((each) => [each, each]) }),
  ),
  'never says that it ends': handling(
    (handle) => (batch) => handle({ ...batch, signal: new AbortController().signal }),
  ),
  'tells of no failure': (right) => ({
    start: (topics, handle, on) => right.start(topics, handle, { ...on, error: () => {} }),
  }),
  'loses headers': handling(
    (handle) => (batch) =>
      handle({ ...batch, records: batch.records.map((each) => ({ ...each, headers: {} })) }),
  ),
  'takes no value for an empty one': handling(
    (handle) => (batch) =>
      handle({
        ...batch,
        records: batch.records.map((each) => ({ ...each, value: each.value ?? new Uint8Array(0) })),
      }),
  ),
  'closes at once': (right) => ({
    close: async () => {
      void right.close()
    },
  }),
  'goes on when it is closed': () => ({ close: async () => {} }),
}

test.each(Object.entries(SOURCE_BUGS))('a source that %s is caught', { timeout: 300_000 }, async (_, bug) => {
  const failed = await failureOf(testMessageSource, async () => {
    const right = await sourceInMemory()
    return { ...right, patienceMs: PATIENCE, source: (group) => altered(right.source(group), bug) }
  })
  expect(failed).not.toBeNull()
})

test('a source that hands every group the same is caught', { timeout: 300_000 }, async () => {
  const failed = await failureOf(testMessageSource, async () => {
    const right = await sourceInMemory()
    return { ...right, patienceMs: PATIENCE, source: () => right.source('one') }
  })
  expect(failed).toBe('each group is handed everything')
})

test('what is declined is left out and told; what is neither given nor declined fails', async () => {
  const names: string[] = []
  const told: string[] = []
  const common = { describe: (_: string, define: () => void) => define(), create: outboxInMemory }
  const runs = new Map<string, () => Promise<void>>()
  const it = (name: string, run: () => Promise<void>) => runs.set(name, run)
  testOutbox({ ...common, it, report: (line) => told.push(line) })
  const whole = runs.size
  const late = [...runs].find(([name]) => name.startsWith('what commits late'))
  await expect(late?.[1]()).rejects.toThrow('create gives no open transactions: give it, or decline it')
  expect(told).toEqual([])
  const declines = ['open transactions'] as const
  testOutbox({ ...common, declines, it: (name) => names.push(name), report: (line) => told.push(line) })
  expect(whole - names.length).toBe(3)
  expect(told).toEqual([
    'outbox: cases declined by the declared capabilities: 3 for want of open transactions',
  ])
})
