import type { IncomingRecord, OutgoingRecord, Publisher } from '@holdfast/core/adapter'
import { assertSame } from '../kit/comparison.js'
import {
  type BrokerUnderTest,
  byKey,
  nameOf,
  namesByKey,
  namesOf,
  publishAll,
  recordNamed,
  textOf,
} from './broker-scene.js'
import { given, type MessageCase, type MessageNeed } from './suite.js'

/** A publisher, and a look at what its broker keeps. */
export interface PublisherUnderTest extends BrokerUnderTest {
  /** Not connected yet. */
  readonly publisher: Publisher
  /** A topic that is not there; `null`: the broker makes each that is sent to. */
  readonly absentTopic: string | null
  /** A value that the broker will never take; `null`: it takes any. */
  readonly refusedValue: string | null
  /** All that a topic holds, partition by partition, in order. */
  contents(topic: string): Promise<readonly IncomingRecord[]>
}

function scene(
  name: string,
  run: (store: PublisherUnderTest) => Promise<void>,
  needs?: MessageNeed,
): MessageCase<PublisherUnderTest> {
  return {
    name,
    needs,
    run: async (store) => {
      await store.publisher.connect()
      await run(store)
    },
  }
}

function recordsNamed({ topic }: PublisherUnderTest, names: readonly string[]): readonly OutgoingRecord[] {
  return names.map((name) => recordNamed(topic, name))
}

/** A record with no name, of a key. */
function plain(topic: string, key: string, value: OutgoingRecord['value']): OutgoingRecord {
  return { topic, key, value, headers: {} }
}

export const PUBLISHER_CASES: readonly MessageCase<PublisherUnderTest>[] = [
  scene('records are there as they were sent, in the order of their key', async (store) => {
    const { topic } = store
    const names = namesOf(10, 20)
    await publishAll(store, recordsNamed(store, names))
    const found = await store.contents(topic)
    assertSame(found.length, names.length, 'records:')
    assertSame(byKey(found), namesByKey(names), 'of each key:')
    for (const { value, headers, topic: of } of found) {
      const name = textOf(headers.ce_id)
      const kept = { of, value: textOf(value), traceparent: textOf(headers.traceparent) }
      assertSame(
        kept,
        { of: topic, value: `{"name":"${name}"}`, traceparent: `00-${name}` },
        `kept of ${name}:`,
      )
    }
  }),
  scene('a key keeps its track, and a track its partition', async (store) => {
    const { publisher, topic } = store
    const names = namesOf(26, 2)
    const tracks = new Map(
      names.map((name) => {
        const { key } = recordNamed(topic, name)
        return [key, publisher.trackOf(topic, key)]
      }),
    )
    await publishAll(store, recordsNamed(store, names))
    for (const [key, track] of tracks)
      assertSame(publisher.trackOf(topic, key), track, `the track of ${key}:`)
    const partitions = new Map<string, Set<number>>()
    for (const { key, partition } of await store.contents(topic)) {
      const track = tracks.get(textOf(key) ?? '') ?? ''
      partitions.set(track, (partitions.get(track) ?? new Set()).add(partition))
    }
    assertSame([...partitions.keys()].length > 1, true, 'keys are spread over several tracks:')
    for (const [track, of] of partitions) assertSame(of.size, 1, `partitions of the track ${track}:`)
  }),
  scene('bytes stay bytes, and an empty value is another than none', async (store) => {
    const { topic } = store
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256).subarray(10, 290)
    const values = [bytes, null, '', 'é😀\0"', new Uint8Array(0)]
    for (const value of values) await publishAll(store, [plain(topic, 'one', value)])
    const found = (await store.contents(topic)).map(({ value }) => value && [...value])
    const encoder = new TextEncoder()
    const due = values.map((value) => {
      if (value === null) return null
      return [...(typeof value === 'string' ? encoder.encode(value) : value)]
    })
    assertSame(found, due, 'values:')
  }),
  scene('headers may be bytes', async (store) => {
    const { topic } = store
    const trace = new TextEncoder().encode('00-ü-01')
    await publishAll(store, [{ topic, key: 'one', value: '{}', headers: { traceparent: trace } }])
    const [found] = await store.contents(topic)
    assertSame(textOf(found?.headers.traceparent), '00-ü-01', 'the header:')
  }),
  scene('a key may hold any character', async (store) => {
    const { topic } = store
    const keys = ['ä', '😀', '\0', 'a/b', '{a}', ' ', 'a'.repeat(1_000)]
    await publishAll(
      store,
      keys.map((key) => plain(topic, key, '{}')),
    )
    const found = (await store.contents(topic)).map(({ key }) => textOf(key))
    assertSame(found.sort(), [...keys].sort(), 'keys:')
  }),
  scene('nothing is answered by nothing', async ({ publisher }) => {
    assertSame(await publisher.publishBatch([]), [], 'answers:')
  }),
  scene('a batch as large as it may be is taken', async (store) => {
    const { publisher, topic } = store
    const { maxRecords, maxBytes } = publisher.capabilities
    const names = Array.from({ length: Math.min(maxRecords, 5_000) }, (_, index) => `a${index + 1}`)
    const padding = ' '.repeat(Math.max(0, Math.min(100, Math.floor(maxBytes / names.length) - 400)))
    const records = recordsNamed(store, names).map((record) => ({
      ...record,
      value: `${record.value}${padding}`,
    }))
    await publishAll(store, records)
    assertSame(byKey(await store.contents(topic)), { a: names }, 'arrived:')
  }),
  scene('batches of one track after each other keep its order', async (store) => {
    const { topic } = store
    for (let batch = 0; batch < 20; batch++) {
      const names = Array.from({ length: 10 }, (_, index) => `a${batch * 10 + index + 1}`)
      await publishAll(store, recordsNamed(store, names))
    }
    const due = Array.from({ length: 200 }, (_, index) => `a${index + 1}`)
    assertSame((await store.contents(topic)).map(nameOf), due, 'arrived:')
  }),
  scene(
    'what will never be taken is called fatal, and none of its key is acked behind it',
    async (store) => {
      const { publisher, topic } = store
      const refusedValue = given(store.refusedValue, 'a refused value')
      await publishAll(store, recordsNamed(store, ['a1']))
      const refused = { ...recordNamed(topic, 'a2'), value: refusedValue }
      const batch = [recordNamed(topic, 'a1'), refused, recordNamed(topic, 'a3')]
      const sent = await publisher.publishBatch(batch)
      assertSame(sent.length, 3, 'answers:')
      assertSame(sent[1]?.kind, 'fatal', 'the answer for what is refused:')
      assertSame(sent[2]?.kind === 'acked', false, 'acked behind it:')
      const isWhole = publisher.capabilities.batches === 'whole'
      assertSame(sent[0]?.kind, isWhole ? 'fatal' : 'acked', 'the answer for what stands before it:')
      assertSame(
        (await publisher.publishBatch([refused])).map(({ kind }) => kind),
        ['fatal'],
        'alone:',
      )
      await publishAll(store, recordsNamed(store, ['a4']))
      const arrived = (await store.contents(topic)).map(nameOf)
      assertSame(arrived, isWhole ? ['a1', 'a4'] : ['a1', 'a1', 'a4'], 'arrived:')
    },
    'a refused value',
  ),
  scene(
    'a topic that is not there is answered for, and nothing is thrown',
    async (store) => {
      const { publisher } = store
      const absentTopic = given(store.absentTopic, 'an absent topic')
      const sent = await publisher.publishBatch([
        recordNamed(absentTopic, 'a1'),
        recordNamed(absentTopic, 'a2'),
      ])
      assertSame(sent.length, 2, 'answers:')
      assertSame(
        sent.some(({ kind }) => kind === 'acked'),
        false,
        'acked:',
      )
    },
    'an absent topic',
  ),
  scene('connecting again changes nothing', async (store) => {
    const { publisher, topic } = store
    const track = publisher.trackOf(topic, 'a')
    await Promise.all([publisher.connect(), publisher.connect()])
    assertSame(publisher.trackOf(topic, 'a'), track, 'the track:')
    await publishAll(store, recordsNamed(store, ['a1']))
    assertSame((await store.contents(topic)).map(nameOf), ['a1'], 'arrived:')
  }),
  scene('closing waits for what is under way', async (store) => {
    const { publisher, topic } = store
    await publishAll(store, recordsNamed(store, ['a1']))
    let answered = 0
    const sending = publisher.publishBatch(recordsNamed(store, ['a2', 'a3'])).then((sent) => {
      answered = sent.length
      return sent
    })
    await publisher.close()
    assertSame(answered, 2, 'answers when it is closed:')
    assertSame(
      (await sending).map(({ kind }) => kind),
      ['acked', 'acked'],
      'the answers:',
    )
    assertSame((await store.contents(topic)).map(nameOf), ['a1', 'a2', 'a3'], 'arrived:')
  }),
]
