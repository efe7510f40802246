import type { Inbox, MessageName } from '@holdfast/core/adapter'
import { assertSame } from '../kit/comparison.js'
import { told } from './outbox-scene.js'
import type { MessageCase } from './suite.js'

/** An inbox, and a table of its consumer's beside it. */
export interface InboxUnderTest<Transaction = unknown> {
  readonly inbox: Inbox<Transaction>
  /** The same inbox as another process has it. */
  readonly other: Inbox<Transaction>
  /** Writes an entry of the consumer's own, in the transaction. */
  write(transaction: Transaction, entry: string): Promise<void>
  /** Entries that committed, in order. */
  entries(): Promise<readonly string[]>
  /** Ids that wait in the outbox. */
  sent(): Promise<readonly string[]>
  close(): Promise<void>
}

const SHIPPING = 'shipping'

function named(id: string, source = 'shop'): MessageName {
  return { source, id }
}

function scene(
  name: string,
  run: (store: InboxUnderTest, pass: (ms: number) => void) => Promise<void>,
): MessageCase<InboxUnderTest> {
  return { name, run: (store, clock) => run(store, (ms) => clock.pass(ms)) }
}

/** Handles a message by writing its id. */
async function handled(store: InboxUnderTest, ...ids: string[]): Promise<void> {
  const names = ids.map((id) => named(id))
  await store.inbox.begin(SHIPPING, names)
  await store.inbox.handle(SHIPPING, names, async ({ trx }, fresh) => {
    for (const { id } of fresh) await store.write(trx, id)
  })
}

async function rejected(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
}

export const INBOX_CASES: readonly MessageCase<InboxUnderTest>[] = [
  scene('a message is handled once, with others or alone', async (store) => {
    await handled(store, 'a', 'b')
    await handled(store, 'b', 'c')
    await handled(store, 'a')
    assertSame(await store.entries(), ['a', 'b', 'c'], 'handled:')
  }),
  scene('work that has nothing fresh is not run', async (store) => {
    await handled(store, 'a')
    let ran = false
    await store.other.handle(SHIPPING, [named('a')], async () => {
      ran = true
    })
    assertSame(ran, false, 'run again:')
  }),
  scene('what fails leaves nothing behind, and can be handled later', async (store) => {
    const names = [named('a'), named('b')]
    await store.inbox.begin(SHIPPING, names)
    const failing = store.inbox.handle(SHIPPING, names, async ({ trx, send }) => {
      await store.write(trx, 'lost')
      await send(told('lost1'))
      throw new Error('no room')
    })
    assertSame(await rejected(failing), 'no room', 'thrown:')
    assertSame([await store.entries(), await store.sent()], [[], []], 'kept of it:')
    assertSame(await store.inbox.status(SHIPPING, named('a')), 'in-progress', 'its status:')
    await handled(store, 'a', 'b')
    assertSame(await store.entries(), ['a', 'b'], 'handled later:')
  }),
  scene('messages that a handler sends wait in the outbox with what it did', async (store) => {
    await store.inbox.handle(SHIPPING, [named('a')], async ({ trx, send }) => {
      await store.write(trx, 'a')
      await send(told('shipped1'))
      await send(told('shipped2'))
    })
    assertSame([await store.entries(), await store.sent()], [['a'], ['shipped1', 'shipped2']], 'kept:')
  }),
  scene('attempts begun and ended are counted apart', async (store) => {
    const { inbox, other } = store
    const look = async () => {
      const [known] = await other.look(SHIPPING, [named('a')])
      return [known?.status, known?.started, known?.finished]
    }
    assertSame(await look(), ['not-seen', 0, 0], 'never begun:')
    await inbox.begin(SHIPPING, [named('a'), named('a')])
    assertSame(await look(), ['in-progress', 1, 0], 'begun:')
    await inbox.fail(SHIPPING, [named('a')], 'no')
    assertSame(await look(), ['in-progress', 1, 1], 'failed:')
    await inbox.begin(SHIPPING, [named('a')])
    await inbox.begin(SHIPPING, [named('a')])
    assertSame(await look(), ['in-progress', 3, 1], 'begun by one that died:')
    await handled(store, 'a')
    assertSame(await look(), ['done', 4, 2], 'done:')
    await inbox.begin(SHIPPING, [named('a')])
    await inbox.fail(SHIPPING, [named('a')], 'no')
    assertSame(await look(), ['done', 4, 2], 'begun when it was done:')
  }),
  scene('it is looked at in the order that was asked', async (store) => {
    await handled(store, 'b')
    await store.inbox.begin(SHIPPING, [named('c')])
    const known = await store.inbox.look(
      SHIPPING,
      ['a', 'c', 'b', 'a'].map((id) => named(id)),
    )
    const statuses = known.map(({ status }) => status)
    assertSame(statuses, ['not-seen', 'in-progress', 'done', 'not-seen'], 'statuses:')
  }),
  scene('consumers and sources are told apart, byte for byte', async (store) => {
    await handled(store, 'a')
    const strangers: readonly (readonly [string, MessageName])[] = [
      ['billing', named('a')],
      [SHIPPING, named('a', 'other shop')],
      [SHIPPING, named('A')],
      [SHIPPING, named('a ')],
    ]
    for (const [consumer, name] of strangers) {
      assertSame(
        await store.inbox.status(consumer, name),
        'not-seen',
        `${consumer} of ${JSON.stringify(name)}:`,
      )
    }
  }),
  scene('what was given up is done, and never handled', async (store) => {
    await store.inbox.begin(SHIPPING, [named('a')])
    await store.inbox.giveUp(SHIPPING, named('a'), 'poison')
    await handled(store, 'a')
    assertSame(await store.inbox.status(SHIPPING, named('a')), 'done', 'its status:')
    assertSame(await store.entries(), [], 'handled:')
  }),
  scene('two that handle one message at once do it once', async (store) => {
    const work = (inbox: Inbox, entry: string) =>
      inbox.handle(SHIPPING, [named('a')], async ({ trx }) => {
        await store.write(trx, entry)
        await new Promise((resolve) => setImmediate(resolve))
      })
    await Promise.all([work(store.inbox, 'a'), work(store.other, 'a')])
    assertSame(await store.entries(), ['a'], 'handled:')
  }),
  scene('what is done is forgotten in its time, what is not never', async (store, pass) => {
    await handled(store, 'a', 'b')
    await store.inbox.begin(SHIPPING, [named('open')])
    pass(1_000)
    await handled(store, 'c')
    pass(1_000)
    assertSame(await store.inbox.forget(1_500, 1), 1, 'forgotten of a limit of one:')
    assertSame(await store.inbox.forget(1_500, 10), 1, 'forgotten then:')
    assertSame(await store.inbox.forget(1_500, 10), 0, 'forgotten at last:')
    const known = await store.inbox.look(
      SHIPPING,
      ['a', 'b', 'c', 'open'].map((id) => named(id)),
    )
    const statuses = known.map(({ status }) => status)
    assertSame(statuses, ['not-seen', 'not-seen', 'done', 'in-progress'], 'statuses:')
  }),
]
