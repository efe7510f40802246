import type {
  Handled,
  IncomingRecord,
  MessageSource,
  OutgoingRecord,
  SourceBatch,
} from '@holdfast/core/adapter'
import { type BrokerUnderTest, recordNamed, until } from './broker-scene.js'
import type { MessageCase } from './suite.js'

/** Sources of one broker. */
export interface SourceUnderTest extends BrokerUnderTest {
  /** A further member of a group, not started. The same name is the same group within one test, and none of another's. */
  source(group: string): MessageSource
  /** Sends records, those of a key in order, and resolves when the broker has them all. */
  publish(records: readonly OutgoingRecord[]): Promise<void>
}

export type Answer = (batch: SourceBatch) => Promise<Handled>

export const all: Answer = async ({ records }) => ({ records: records.length, pauseMs: 0 })

/** A member of a group that keeps what it was handed. */
class Reader {
  readonly source: MessageSource
  /** Records that it answered for. */
  readonly handled: IncomingRecord[] = []
  readonly batches: SourceBatch[] = []
  readonly errors: unknown[] = []

  constructor(
    private readonly store: SourceUnderTest,
    group = 'one',
    private readonly answer: Answer = all,
  ) {
    this.source = store.source(group)
  }

  async start(): Promise<this> {
    const handle = async (batch: SourceBatch) => {
      this.batches.push(batch)
      const answer = await this.answer(batch)
      this.handled.push(...batch.records.slice(0, answer.records))
      return answer
    }
    await this.source.start([this.store.topic], handle, {
      error: (error) => this.errors.push(error),
      crashed: (error) => this.errors.push(error),
    })
    return this
  }

  handledBy(count: number, what: string): Promise<void> {
    return until(this.store, () => this.handled.length >= count, `${what}: ${count} records handled`)
  }
}

interface Scene {
  readonly store: SourceUnderTest
  readonly send: (...names: string[]) => Promise<void>
  readonly reader: (group?: string, answer?: Answer) => Reader
}

export function scene(name: string, run: (scene: Scene) => Promise<void>): MessageCase<SourceUnderTest> {
  return {
    name,
    async run(store) {
      const readers: Reader[] = []
      const reader: Scene['reader'] = (group, answer) => {
        const one = new Reader(store, group, answer)
        readers.push(one)
        return one
      }
      const send: Scene['send'] = (...names) =>
        store.publish(names.map((each) => recordNamed(store.topic, each)))
      try {
        await run({ store, send, reader })
      } finally {
        for (const { source } of readers) await source.close()
      }
    },
  }
}
