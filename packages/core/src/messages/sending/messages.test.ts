import { beforeEach, describe, expect, test } from 'vitest'
import { MemoryHalfMessages } from '../../memory/messages/half-messages.js'
import { MemoryLocalTransactions } from '../../memory/messages/local-transactions.js'
import { MemoryOutbox } from '../../memory/messages/outbox.js'
import type { MemoryTransaction } from '../../memory/messages/transaction.js'
import type { HalfMessageStatus } from '../../port/half-message-store.js'
import { MessageChecker } from './message-checker.js'
import { type HalfMessages, Messages, type MessagesOptions } from './messages.js'

class Time {
  ms = 1_000_000
  now = () => this.ms
}

const PAID = { id: 'paid-1', type: 'order.paid', key: 'order-1', data: { total: 5 } }

/** The parts of a sender, and its messages in each style. */
function setUp() {
  const clock = new Time()
  const outbox = new MemoryOutbox({ clock })
  const transactions = new MemoryLocalTransactions(clock)
  const halfMessages = new MemoryHalfMessages({ clock, outbox })
  const written: string[] = []
  const messagesIn = (options: Partial<MessagesOptions<MemoryTransaction>>) =>
    new Messages({ transactions, ...options })
  const waiting = async () => {
    const lease = await outbox.lease('0', 'test', 1_000)
    const read = await lease?.read(100)
    await lease?.release()
    return (read as readonly { message: { id: string } }[]).map(({ message }) => message.id)
  }
  return { clock, outbox, transactions, halfMessages, written, messagesIn, waiting }
}

/** The message service as its client sees it: the same store, out of reach but for these two calls. */
function service(halfMessages: HalfMessages): HalfMessages {
  return {
    prepare: async (half) => halfMessages.prepare(JSON.parse(JSON.stringify(half))),
    decide: async (id, decision) => halfMessages.decide(id, decision),
  }
}

let parts: ReturnType<typeof setUp>
beforeEach(() => {
  parts = setUp()
})

const STYLES = {
  'local message table': () => ({ outbox: parts.outbox }),
  'half messages': () => ({ halfMessages: parts.halfMessages }),
  'message service': () => ({ halfMessages: service(parts.halfMessages) }),
} as const

describe.each(Object.keys(STYLES) as (keyof typeof STYLES)[])('a message by %s', (style) => {
  const sender = () => parts.messagesIn(STYLES[style]())
  const write = (what: string) => (trx: MemoryTransaction) => trx.stage(() => parts.written.push(what))

  test('is sent once its local transaction has committed', async () => {
    const sent = await sender().send(PAID, {
      run: (trx) => {
        write('paid')(trx)
        return 42
      },
    })
    expect(sent).toEqual({ ok: true, id: 'paid-1', replayed: false, value: 42 })
    expect(parts.written).toEqual(['paid'])
    expect(await parts.waiting()).toEqual(['paid-1'])
  })

  test('is sent once, however often it is asked for', async () => {
    await sender().send(PAID, { run: write('paid') })
    const again = await sender().send(PAID, { run: write('again') })
    expect(again).toEqual({ ok: true, id: 'paid-1', replayed: true })
    expect(parts.written).toEqual(['paid'])
    expect(await parts.waiting()).toEqual(['paid-1'])
  })

  test('is not sent if the local transaction fails, and may be tried again', async () => {
    const failing = sender().send(PAID, {
      run: (trx) => {
        write('lost')(trx)
        throw new Error('no')
      },
    })
    await expect(failing).rejects.toThrow('no')
    expect([parts.written, await parts.waiting()]).toEqual([[], []])
    expect(await sender().send(PAID, { run: write('paid') })).toMatchObject({ ok: true, replayed: false })
    expect(await parts.waiting()).toEqual(['paid-1'])
  })

  test('is refused under the id of another', async () => {
    await sender().send(PAID, { run: write('paid') })
    const other = await sender().send({ ...PAID, data: { total: 6 } }, { run: write('other') })
    expect(other).toEqual({ ok: false, id: 'paid-1', reason: 'id-reused' })
    expect(parts.written).toEqual(['paid'])
  })

  test('is refused once a check has given it up, and its local transaction cannot commit', async () => {
    await parts.transactions.check('paid-1')
    const late = await sender().send(PAID, { run: write('late') })
    expect(late).toEqual({ ok: false, id: 'paid-1', reason: 'given-up' })
    expect([parts.written, await parts.waiting()]).toEqual([[], []])
  })

  test('has an id minted where none is given', async () => {
    const { id } = await sender().send({ ...PAID, id: undefined }, { run: write('paid') })
    expect(await parts.waiting()).toEqual([id])
  })

  test.each([
    [{ ...PAID, type: 'paid' }, 'type'],
    [{ ...PAID, key: '' }, 'key'],
    [{ ...PAID, data: undefined }, 'data'],
    [{ ...PAID, headers: { TraceParent: 'x' } }, 'headers.TraceParent'],
    [{ ...PAID, topic: 'x' }, 'topic'],
  ])('%j is refused before anything begins, by its field', async (message, path) => {
    const refused = sender().send(message as never, { run: write('begun') })
    await expect(refused).rejects.toMatchObject({ code: 'invalid-argument', path })
    expect(parts.written).toEqual([])
  })
})

test.each([
  [{}, 'outbox'],
  [{ outbox: { write() {} }, halfMessages: { prepare() {}, decide() {} } }, 'outbox'],
  [{ outbox: {} }, 'outbox'],
])('options %j are refused by their field', (options, path) => {
  expect(() => parts.messagesIn(options as never)).toThrow(
    expect.objectContaining({ code: 'invalid-argument', path }),
  )
})

describe('a half message of which nothing more was heard', () => {
  const checkerOf = (messages: Messages<MemoryTransaction>, checks = 3) =>
    new MessageChecker({
      halfMessages: parts.halfMessages,
      check: ({ message }) => messages.answer(message),
      checks,
      retention: { minutes: 10 },
    })
  const statusOf = async (): Promise<HalfMessageStatus | undefined> =>
    (await parts.halfMessages.read('paid-1'))?.status
  /** A sender whose process dies where it would decide. */
  const dying = () => {
    const { halfMessages } = parts
    const decide = () => Promise.reject(new Error('the process died'))
    return parts.messagesIn({ halfMessages: { prepare: halfMessages.prepare.bind(halfMessages), decide } })
  }

  test('is sent if its local transaction committed', async () => {
    const messages = dying()
    await messages.send(PAID, { run: (trx) => trx.stage(() => parts.written.push('paid')) })
    expect(await statusOf()).toBe('prepared')
    parts.clock.ms += 60_000
    expect(await checkerOf(messages).runOnce()).toBe(1)
    expect(await parts.waiting()).toEqual(['paid-1'])
  })

  test('is given up if not, and a late local transaction cannot commit any more', async () => {
    const messages = dying()
    const failing = messages.send(PAID, { run: () => Promise.reject(new Error('no')) })
    await expect(failing).rejects.toThrow('no')
    parts.clock.ms += 60_000
    await checkerOf(messages).runOnce()
    expect(await statusOf()).toBe('rolled-back')
    const late = await parts.transactions.run('paid-1', '', async (trx) =>
      trx.stage(() => parts.written.push('late')),
    )
    expect(late.kind).toBe('tombstoned')
    expect(parts.written).toEqual([])
    parts.clock.ms += 600_001
    await checkerOf(messages).runOnce()
    expect(await statusOf()).toBeUndefined()
  })

  test('waits for an operator when its sender does not know it, and only answers count', async () => {
    const messages = dying()
    let answer: () => 'unknown' = () => 'unknown'
    messages.checkWith('order.paid', () => answer())
    await messages.send(PAID, { run: () => undefined })
    const parked: string[] = []
    const checker = checkerOf(messages, 2).on('parked', ({ message }) => parked.push(message.id))
    const checkLater = async () => {
      parts.clock.ms += 600_000
      await checker.runOnce()
    }
    answer = () => {
      throw new Error('away')
    }
    for (let often = 0; often < 10; often++) await checkLater()
    expect(await statusOf()).toBe('prepared')
    answer = () => 'unknown'
    await checkLater()
    await checkLater()
    expect([await statusOf(), parked]).toEqual(['parked', ['paid-1']])
    expect(await parts.halfMessages.resume('paid-1')).toBe(true)
    messages.checkWith('order.paid', () => 'committed')
    await checkLater()
    expect(await parts.waiting()).toEqual(['paid-1'])
  })
})
