import { setTimeout as pause } from 'node:timers/promises'
import { assertSame } from '../kit/comparison.js'
import { byKey, nameOf, namesByKey, namesOf, patienceFor, textOf, until } from './broker-scene.js'
import { type Answer, all, type SourceUnderTest, scene } from './source-scene.js'
import type { MessageCase } from './suite.js'

/** Long enough for a record to come that must not, ms. */
const A_WHILE = 500

export const SOURCE_CASES: readonly MessageCase<SourceUnderTest>[] = [
  scene(
    'everything is handed out from the beginning, once, in order, as it was sent',
    async ({ store, send, reader }) => {
      const names = namesOf(10, 20)
      await send(...names)
      const one = await reader().start()
      await one.handledBy(names.length, 'from the beginning')
      await pause(A_WHILE)
      assertSame(one.handled.length, names.length, 'handed out:')
      assertSame(byKey(one.handled), namesByKey(names), 'of each key:')
      const last = new Map<number, bigint>()
      for (const record of one.handled) {
        const { topic, partition, offset, value, headers, at } = record
        assertSame(
          BigInt(offset) > (last.get(partition) ?? -1n),
          true,
          `${partition}/${offset} is further on:`,
        )
        last.set(partition, BigInt(offset))
        const kept = [topic, textOf(value), textOf(headers.traceparent), Number.isSafeInteger(at)]
        const name = nameOf(record)
        assertSame(kept, [store.topic, `{"name":"${name}"}`, `00-${name}`, true], `kept of ${name}:`)
      }
      for (const { records, partition, topic } of one.batches) {
        const apart = records.filter((each) => each.partition !== partition || each.topic !== topic)
        assertSame(apart.length, 0, 'records of another partition in a batch:')
      }
      assertSame(one.errors, [], 'errors:')
    },
  ),
  scene('what comes later is handed out as well', async ({ send, reader }) => {
    const one = await reader().start()
    await send('a1', 'b1')
    await one.handledBy(2, 'the first')
    await send('a2', 'b2')
    await one.handledBy(4, 'the later')
    assertSame(byKey(one.handled), { a: ['a1', 'a2'], b: ['b1', 'b2'] }, 'handled:')
  }),
  scene('bytes and absent values are handed out as they are', async ({ store, reader }) => {
    const { topic } = store
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    for (const value of [bytes, null, '']) await store.publish([{ topic, key: 'a', value, headers: {} }])
    const one = await reader().start()
    await one.handledBy(3, 'three')
    assertSame(
      one.handled.map(({ value }) => value && [...value]),
      [[...bytes], null, []],
      'values:',
    )
  }),
  scene('what was not handled is handed out again, behind what was', async ({ send, reader }) => {
    const names = namesOf(1, 50)
    await send(...names)
    const one = await reader('one', async ({ records }) => ({
      records: Math.min(7, records.length),
      pauseMs: 0,
    })).start()
    await one.handledBy(names.length, 'seven at a time')
    assertSame(one.handled.map(nameOf), names, 'handled:')
  }),
  scene('a batch whose handling failed comes again, and the failure is told', async ({ send, reader }) => {
    await send('a1', 'a2', 'a3')
    let attempts = 0
    const one = await reader('one', async (batch) => {
      attempts++
      if (attempts === 1) throw new Error('the database is away')
      return all(batch)
    }).start()
    await one.handledBy(3, 'at the second attempt')
    assertSame(one.handled.map(nameOf), ['a1', 'a2', 'a3'], 'handled:')
    assertSame(
      one.errors.map((error) => (error as Error).message),
      ['the database is away'],
      'told:',
    )
  }),
  scene('a partition rests as long as it is told, and the others go on', async ({ send, reader }) => {
    const names = namesOf(20, 5)
    await send(...names)
    const REST = 1_000
    let resting: number | null = null
    const begun: number[] = []
    const one = await reader('one', async (batch) => {
      resting ??= batch.partition
      if (batch.partition !== resting) return all(batch)
      begun.push(Date.now())
      return begun.length < 3 ? { records: 0, pauseMs: REST } : all(batch)
    }).start()
    await one.handledBy(names.length, 'after two rests')
    assertSame(byKey(one.handled), namesByKey(names), 'handled:')
    const rests = begun.slice(1, 3).map((at, index) => at - (begun[index] as number))
    for (const ms of rests) assertSame(ms >= REST - 20, true, `${ms} ms are a rest of ${REST}:`)
    const first = one.handled.findIndex(({ partition }) => partition === resting)
    const others = one.handled.filter(({ partition }) => partition !== resting).length
    assertSame(first, others, 'handled of others before the one that rested:')
  }),
  scene('one batch of a partition is out at a time', async ({ send, reader }) => {
    const names = namesOf(10, 30)
    await send(...names)
    const out = new Set<number>()
    let overlaps = 0
    const one = await reader('one', async ({ partition, records }) => {
      if (out.has(partition)) overlaps++
      out.add(partition)
      await pause(5)
      out.delete(partition)
      return { records: Math.min(5, records.length), pauseMs: 0 }
    }).start()
    await one.handledBy(names.length, 'all')
    assertSame(overlaps, 0, 'batches of a partition that were out together:')
    assertSame(byKey(one.handled), namesByKey(names), 'handled:')
  }),
  scene('closing waits for what is under way, and commits it', async ({ store, send, reader }) => {
    await send('a1', 'a2', 'a3')
    let finish = () => {}
    const one = await reader('one', async (batch) => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return all(batch)
    }).start()
    await until(store, () => one.batches.length === 1, 'a batch is out')
    let isClosed = false
    const closing = one.source.close().then(() => {
      isClosed = true
    })
    await pause(100)
    const meanwhile = [isClosed, one.batches[0]?.signal.aborted]
    finish()
    await closing
    assertSame(meanwhile, [false, true], 'closed, told to end:')
    const next = await reader().start()
    await send('b1')
    await next.handledBy(1, 'what came later')
    await pause(A_WHILE)
    assertSame(byKey([...one.handled, ...next.handled]), { a: ['a1', 'a2', 'a3'], b: ['b1'] }, 'handled:')
    assertSame(next.handled.map(nameOf), ['b1'], 'handed out again:')
  }),
  scene('what was out and not handled when one closed goes to the next', async ({ store, send, reader }) => {
    await send('a1', 'a2', 'a3')
    const one = await reader('one', async ({ signal }) => {
      await until(store, () => signal.aborted, 'it is told to end')
      return { records: 1, pauseMs: 0 }
    }).start()
    await until(store, () => one.batches.length === 1, 'a batch is out')
    await one.source.close()
    const next = await reader().start()
    await next.handledBy(2, 'the rest')
    await pause(A_WHILE)
    assertSame(
      [one, next].map(({ handled }) => handled.map(nameOf)),
      [['a1'], ['a2', 'a3']],
      'handled:',
    )
  }),
  scene('a closed source hands out nothing', async ({ send, reader }) => {
    const one = await reader().start()
    await send('a1')
    await one.handledBy(1, 'the first')
    await one.source.close()
    await send('a2')
    await pause(A_WHILE)
    assertSame(one.batches.flatMap(({ records }) => records).map(nameOf), ['a1'], 'handed out:')
  }),
  scene('each group is handed everything', async ({ send, reader }) => {
    const names = namesOf(4, 5)
    await send(...names)
    for (const group of ['one', 'two']) {
      const member = await reader(group).start()
      await member.handledBy(names.length, `group ${group}`)
      assertSame(byKey(member.handled), namesByKey(names), `handled by ${group}:`)
      assertSame(member.source.groupId.length > 0, true, 'it tells its group:')
    }
  }),
  scene('members of a group share, and lose nothing when one leaves', async ({ store, send, reader }) => {
    const slowly: Answer = async ({ records, signal }) => {
      await pause(20)
      return { records: signal.aborted ? 0 : Math.min(10, records.length), pauseMs: 0 }
    }
    const one = await reader('one', slowly).start()
    const two = await reader('one', slowly).start()
    const sent: string[] = []
    const sendOneEach = async () => {
      const names = Array.from({ length: 20 }, (_, key) => `key-${key}-${sent.length / 20 + 1}`)
      await send(...names)
      sent.push(...names)
    }
    // A broker takes its time until the second member has its share.
    const checkTime = patienceFor(store, 'members of a group share')
    while (one.handled.length === 0 || two.handled.length === 0) {
      checkTime()
      await sendOneEach()
      await pause(50)
    }
    await one.source.close()
    for (let round = 0; round < 5; round++) await sendOneEach()
    const handled = () => [...one.handled, ...two.handled]
    await until(
      store,
      () => new Set(handled().map(nameOf)).size === sent.length,
      'all are handled by one of them',
    )
    assertSame(byKey(handled()), namesByKey(sent), 'handled:')
  }),
]
