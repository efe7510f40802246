import { SqlOutbox } from '@holdfast/sql-adapter'
import type { Knex } from 'knex'
import { connectTo } from '../sql/connect.js'
import type { Database } from '../sql/database-server.js'
import { type BacklogMessage, backlog } from './backlog.js'
import { messageOf } from './relay-drain.js'

/** What the process of writers is told: to begin, to say how many messages it has committed, to end and say so. */
export type WritersTold = { readonly begin: Database } | 'count' | 'stop'

const WRITERS = 10

/** Those who write to an outbox while it is drained: one message a transaction, of a key of each writer's own. */
class Writers {
  private committed = 0
  private stopped = false
  private readonly ended: Promise<unknown>

  constructor(private readonly knex: Knex) {
    const outbox = new SqlOutbox(knex)
    this.ended = Promise.all(Array.from({ length: WRITERS }, (_, writer) => this.write(outbox, writer)))
  }

  get count(): number {
    return this.committed
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.ended
    await this.knex.destroy()
  }

  private async write(outbox: SqlOutbox, writer: number): Promise<void> {
    for (let n = 1; !this.stopped; n++) {
      const [{ payload }] = backlog(n, 1) as readonly [BacklogMessage]
      const message = messageOf({ n, payload, key: `writer-${writer}`, id: `writer-${writer}-${n}` })
      await this.knex.transaction((trx) => outbox.write(trx, [message]))
      this.committed++
    }
  }
}

let writers: Writers | null = null

process.on('message', async (told: WritersTold) => {
  if (typeof told === 'object') writers = new Writers(connectTo(told.begin))
  else if (told === 'stop') await writers?.stop()
  process.send?.(writers?.count ?? 0)
})
