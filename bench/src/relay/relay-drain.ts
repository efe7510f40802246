import { Relay } from '@holdfast/core'
import type { Message, Publisher } from '@holdfast/core/adapter'
import { SqlOutbox } from '@holdfast/sql-adapter'
import type { Knex } from 'knex'
import { type BacklogMessage, backlog } from './backlog.js'
import type { Drain } from './drain-contender.js'

/** Holdfast: what waits in its outbox, by its relay. */
export async function openRelay(knex: Knex, publisher: Publisher, topic: string): Promise<Drain> {
  const outbox = new SqlOutbox(knex)
  await outbox.migrate()
  await publisher.connect()
  const relay = new Relay({ outbox, publisher, topicOf: () => topic })
  let sent = 0
  return {
    get sent() {
      return sent
    },
    async fill(from, count) {
      for (let at = from; at < from + count; at += 10_000) {
        const some = backlog(at, Math.min(10_000, from + count - at))
        await knex.transaction((trx) => outbox.write(trx, some.map(messageOf)))
      }
      await knex.raw('analyze')
    },
    async drain() {
      const before = sent
      sent += await relay.drain()
      return sent > before
    },
    async close() {
      await relay.close()
      await publisher.close()
      await knex.destroy()
    },
  }
}

/** As a shop writes it. */
export function messageOf({ id, key, payload }: BacklogMessage): Message {
  return { id, key, payload, aggregate: 'bench', type: 'bench.sent', at: 0, headers: {} }
}
