import {
  inTransaction,
  MemoryBroker,
  MemoryHalfMessages,
  MemoryInbox,
  MemoryLocalTransactions,
  MemoryOutbox,
  type MemoryTransaction,
  type StoreClock,
} from '@holdfast/core'
import type { Outbox } from '@holdfast/core/adapter'
import type {
  HalfMessagesUnderTest,
  InboxUnderTest,
  OutboxUnderTest,
  PublisherUnderTest,
  SourceUnderTest,
} from '../src/index.js'

// The ports of messages in memory, as their suites take them.

type Setting = { readonly clock: StoreClock }

export async function outboxInMemory({ clock }: Setting): Promise<OutboxUnderTest> {
  const outbox = new MemoryOutbox({ clock })
  return {
    outbox,
    other: outbox,
    write: (messages) => inTransaction((transaction) => outbox.write(transaction, messages)),
    hold: null,
    close: async () => {},
  }
}

export async function inboxInMemory({ clock }: Setting): Promise<InboxUnderTest<MemoryTransaction>> {
  const outbox = new MemoryOutbox({ clock })
  const inbox = new MemoryInbox({ clock, outbox })
  return { inbox, other: inbox, ...beside(outbox) }
}

export async function halfMessagesInMemory({
  clock,
}: Setting): Promise<HalfMessagesUnderTest<MemoryTransaction>> {
  const outbox = new MemoryOutbox({ clock })
  const halfMessages = new MemoryHalfMessages({ clock, outbox })
  const transactions = new MemoryLocalTransactions(clock)
  return { halfMessages, other: halfMessages, transactions, ...beside(outbox) }
}

function beside(outbox: Outbox) {
  const written: string[] = []
  return {
    write: async (transaction: MemoryTransaction, entry: string) => {
      transaction.stage(() => {
        written.push(entry)
      })
    },
    entries: async () => written,
    sent: () => waitingIn(outbox),
    close: async () => {},
  }
}

const TOPIC = 'holdfast.order'
const REFUSED = 'refused'

export async function publisherInMemory(): Promise<PublisherUnderTest> {
  const broker = new MemoryBroker({
    partitions: 4,
    judge: ({ value }) =>
      value === REFUSED ? { kind: 'fatal', error: new Error('too large') } : { kind: 'acked' },
  })
  return {
    publisher: broker.publisher(),
    topic: TOPIC,
    absentTopic: null,
    refusedValue: REFUSED,
    contents: async (topic) => broker.records(topic),
    close: async () => {},
  }
}

export async function sourceInMemory(): Promise<SourceUnderTest> {
  const broker = new MemoryBroker({ partitions: 4 })
  return {
    topic: TOPIC,
    source: (groupId) => broker.source({ groupId }),
    publish: async (records) => void (await broker.publisher().publishBatch(records)),
    close: async () => {},
  }
}

/** Ids that wait, read by a lease that is given back. */
export async function waitingIn(outbox: Outbox): Promise<readonly string[]> {
  const [shard] = await outbox.shards()
  const lease = await outbox.lease(shard as string, 'test', 1_000)
  const read = await lease?.read(100)
  await lease?.release()
  return Array.isArray(read) ? read.map(({ message }) => message.id) : []
}
