import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Relay } from '@holdfast/core'
import { fromKafkajs } from '@holdfast/kafka-adapter'
import { SqlOutbox } from '@holdfast/sql-adapter'
import type { Knex } from 'knex'
import type { Contender, ContenderName, Stand } from '../contender.js'
import { mustEqual } from '../law-broken.js'
import { forkProgram } from '../processes/fork-program.js'
import { connectTo } from '../sql/connect.js'
import type { Database, DatabaseServer } from '../sql/database-server.js'
import { backlog } from './backlog.js'
import { checkConsumed } from './consumed.js'
import type { KafkaServer } from './kafka-server.js'
import { messageOf } from './relay-drain.js'
import type { WritersTold } from './writers-main.js'

const BACKLOG = 100_000
/** How often it is asked how many messages were written, ms. */
const EVERY = 100

/**
 * A relay drains a backlog while writers in a process of their own go on: what the relay sends, what the writers commit
 * meanwhile, and what they commit where nothing is relayed.
 */
export function underWriters(
  database: DatabaseServer,
  server: KafkaServer,
  scale: number,
): readonly Contender[] {
  const contender = (name: ContenderName, stand: (scene: Scene) => Stand): Contender => ({
    ...{ ...name, unit: 'messages/s', mostRounds: 3 },
    open: async () => stand(await Scene.open(database, server, BACKLOG * scale)),
  })
  return [
    contender({ engine: 'kafka', name: 'relay (under writers)' }, relayMeasured),
    contender({ engine: 'postgres', name: 'writers' }, writersAlone),
    contender({ engine: 'postgres', name: 'writers (relayed)' }, writersMeasured),
  ]
}

/** An outbox, those who write to it, and a relay. */
class Scene {
  private counted = 0
  private readonly outbox: SqlOutbox
  readonly relay: Relay
  sent = 0

  private constructor(
    private readonly knex: Knex,
    private readonly writers: ChildProcess,
    private readonly server: KafkaServer,
    private readonly topic: string,
    private readonly messages: number,
    private readonly publisher = fromKafkajs(server.kafkajs()).publisher(),
  ) {
    this.outbox = new SqlOutbox(knex)
    this.relay = new Relay({ outbox: this.outbox, publisher, topicOf: () => topic })
    this.relay.on('sent', (count) => {
      this.sent += count
    })
  }

  static async open(database: DatabaseServer, server: KafkaServer, messages: number): Promise<Scene> {
    const place: Database = await database.databaseOfTurn()
    const writers = forkProgram(new URL('./writers-main.ts', import.meta.url))
    const scene = new Scene(connectTo(place), writers, server, await server.newTopic(), messages)
    await scene.outbox.migrate()
    await scene.tell({ begin: place })
    return scene
  }

  /** What waits from the start on: written while nothing is relayed. */
  async fill(): Promise<void> {
    await this.relay.close()
    for (let from = 0; from < this.messages; from += 10_000) {
      const some = backlog(from, Math.min(10_000, this.messages - from))
      await this.knex.transaction((trx) => this.outbox.write(trx, some.map(messageOf)))
    }
    await this.knex.raw('analyze')
    await this.relay.start()
    await this.freshlyWritten()
    this.sent = 0
  }

  /** Messages that the writers have committed since this was asked last. */
  async freshlyWritten(): Promise<number> {
    const committed = await this.tell('count')
    const fresh = committed - this.counted
    this.counted = committed
    return fresh
  }

  /** Messages that were sent since this was asked last. */
  freshlySent(): number {
    const fresh = this.sent
    this.sent = 0
    return fresh
  }

  /** Everything that was written came, once, in order. */
  async checkRelayed(): Promise<void> {
    const written = await this.tell('stop')
    await this.relay.close()
    while ((await this.relay.drain()) > 0);
    await checkConsumed(this.server, this.topic, this.messages + written)
  }

  /** Everything that was written waits. */
  async checkWaiting(): Promise<void> {
    const written = await this.tell('stop')
    mustEqual('messages that wait', (await this.outbox.metrics()).depth, written)
  }

  async close(): Promise<void> {
    this.writers.kill()
    await this.relay.close()
    await this.publisher.close()
    await this.knex.destroy()
  }

  /** @returns how many messages the writers have committed */
  private async tell(told: WritersTold): Promise<number> {
    const answered = new AbortController()
    const { signal } = answered
    const ended = once(this.writers, 'exit', { signal }).then(() => {
      throw new Error('the process of the writers ended')
    })
    const answer = once(this.writers, 'message', { signal })
    this.writers.send(told)
    const [committed] = await Promise.race([answer, ended])
    answered.abort()
    return committed
  }
}

function relayMeasured(scene: Scene): Stand {
  return { ...counting(async () => scene.freshlySent()), ...relayed(scene) }
}

function writersMeasured(scene: Scene): Stand {
  return { ...counting(() => scene.freshlyWritten()), ...relayed(scene) }
}

function writersAlone(scene: Scene): Stand {
  return {
    ...counting(() => scene.freshlyWritten()),
    warm: async () => void (await scene.freshlyWritten()),
    checkLaws: () => scene.checkWaiting(),
    close: () => scene.close(),
  }
}

function counting(fresh: () => Promise<number>): Pick<Stand, 'callers' | 'latency' | 'call'> {
  return {
    callers: 1,
    latency: false,
    async call() {
      await pause(EVERY)
      return fresh()
    },
  }
}

function relayed(scene: Scene): Pick<Stand, 'warm' | 'checkLaws' | 'close'> {
  return {
    warm: () => scene.fill(),
    checkLaws: () => scene.checkRelayed(),
    close: () => scene.close(),
  }
}
