import { Relay } from '@holdfast/core'
import { fromKafkajs } from '@holdfast/kafka-adapter'
import { SqlOutbox } from '@holdfast/sql-adapter'
import type { Knex } from 'knex'
import type { Contender, ContenderName, Stand } from '../contender.js'
import { mustEqual } from '../law-broken.js'
import type { DatabaseServer } from '../sql/database-server.js'
import { type BacklogMessage, backlog } from './backlog.js'
import { checkConsumed } from './consumed.js'
import type { KafkaServer } from './kafka-server.js'
import { messageOf } from './relay-drain.js'

const WRITERS = 10
const BACKLOG = 100_000

/**
 * A relay drains a backlog while writers go on, one message a transaction each: what the relay sends, what the writers commit, and
 * what they commit where nothing is relayed.
 */
export function underWriters(
  database: DatabaseServer,
  server: KafkaServer,
  scale: number,
): readonly Contender[] {
  const contender = (
    { engine, name, isRelayed = true }: ContenderName & { readonly isRelayed?: boolean },
    stand: (scene: Scene, messages: number) => Stand,
  ): Contender => ({
    ...{ engine, name, unit: 'messages/s', mostRounds: 3 },
    open: async () => {
      const scene = await Scene.open(await database.connect(), server)
      if (isRelayed) await scene.relay.start()
      return stand(scene, BACKLOG * scale)
    },
  })
  return [
    contender({ engine: 'kafka', name: 'relay (under writers)' }, relayMeasured),
    contender({ engine: 'postgres', name: 'writers', isRelayed: false }, writersAlone),
    contender({ engine: 'postgres', name: 'writers (relayed)' }, writersMeasured),
  ]
}

/** An outbox, those who write to it, and a relay. */
class Scene {
  private written = 0
  private readonly lastOf = new Map<number, number>()
  private writing: Promise<unknown> | null = null
  private stopped = false
  sent = 0

  private constructor(
    private readonly knex: Knex,
    private readonly outbox: SqlOutbox,
    private readonly server: KafkaServer,
    readonly topic: string,
    readonly relay: Relay,
    private readonly closePublisher: () => Promise<void>,
  ) {
    relay.on('sent', (count) => {
      this.sent += count
    })
  }

  static async open(knex: Knex, server: KafkaServer): Promise<Scene> {
    const outbox = new SqlOutbox(knex)
    await outbox.migrate()
    const topic = await server.newTopic()
    const publisher = fromKafkajs(server.kafkajs()).publisher()
    const relay = new Relay({ outbox, publisher, topicOf: () => topic })
    return new Scene(knex, outbox, server, topic, relay, () => publisher.close())
  }

  async fill(count: number): Promise<void> {
    for (let from = 0; from < count; from += 10_000) {
      const some = backlog(from, Math.min(10_000, count - from))
      await this.knex.transaction((trx) => this.outbox.write(trx, some.map(messageOf)))
    }
    await this.knex.raw('analyze')
    this.written += count
  }

  /** One transaction of a writer, whose messages are of a key of its own. */
  async write(writer: number): Promise<number> {
    const n = (this.lastOf.get(writer) ?? 0) + 1
    this.lastOf.set(writer, n)
    const [{ payload }] = backlog(n, 1) as readonly [BacklogMessage]
    const message = messageOf({ n, payload, key: `writer-${writer}`, id: `writer-${writer}-${n}` })
    await this.knex.transaction((trx) => this.outbox.write(trx, [message]))
    this.written++
    return 1
  }

  /** All writers, until it is closed. */
  keepWriting(): void {
    if (this.writing !== null) return
    const writer = async (_: unknown, number: number) => {
      while (!this.stopped) await this.write(number)
    }
    this.writing = Promise.all(Array.from({ length: WRITERS }, writer))
  }

  async stopWriting(): Promise<void> {
    this.stopped = true
    await this.writing
  }

  /** Everything that was written waits. */
  async checkWaiting(): Promise<void> {
    mustEqual('messages that wait', (await this.outbox.metrics()).depth, this.written)
  }

  /** Everything that was written came, once, in order. */
  async checkRelayed(): Promise<void> {
    await this.stopWriting()
    await this.relay.close()
    for (let more = 1; more > 0; ) {
      more = await this.relay.drain()
    }
    await checkConsumed(this.server, this.topic, this.written)
  }

  async close(): Promise<void> {
    await this.stopWriting()
    await this.relay.close()
    await this.closePublisher()
    await this.knex.destroy()
  }
}

function relayMeasured(scene: Scene, messages: number): Stand {
  let counted = 0
  return {
    ...whileRelayed(scene, messages),
    callers: 1,
    latency: false,
    async call() {
      // Those who write keep it sending, whatever it has left behind it.
      scene.keepWriting()
      await new Promise((resolve) => scene.relay.once('sent', resolve))
      const fresh = scene.sent - counted
      counted = scene.sent
      return fresh
    },
  }
}

function writersMeasured(scene: Scene, messages: number): Stand {
  return { ...whileRelayed(scene, messages), ...writing(scene) }
}

function writersAlone(scene: Scene): Stand {
  return { ...writing(scene), checkLaws: () => scene.checkWaiting(), close: () => scene.close() }
}

function writing(scene: Scene): Pick<Stand, 'callers' | 'call'> {
  const free = Array.from({ length: WRITERS }, (_, writer) => writer)
  return {
    callers: WRITERS,
    async call() {
      const writer = free.pop() as number
      try {
        return await scene.write(writer)
      } finally {
        free.push(writer)
      }
    },
  }
}

function whileRelayed(scene: Scene, messages: number): Pick<Stand, 'warm' | 'checkLaws' | 'close'> {
  return {
    warm: () => scene.fill(messages),
    checkLaws: () => scene.checkRelayed(),
    close: () => scene.close(),
  }
}
