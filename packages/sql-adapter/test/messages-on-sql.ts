import type { HalfMessagesUnderTest, InboxUnderTest, OutboxUnderTest } from '@holdfast/conformance'
import type { StoreClock } from '@holdfast/core'
import type { Outbox } from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import { SqlHalfMessages, SqlInbox, SqlLocalTransactions, SqlOutbox } from '../src/index.js'

// The ports of messages on a database, as their suites take them.

type Setting = { readonly clock: StoreClock }

/** A database for one case: its connections are the caller's to close. */
export interface CaseDatabase {
  readonly knex: Knex
  /** Whether several transactions may be open at once. */
  readonly isServer: boolean
  close(): Promise<void>
}

const ENTRIES = 'entries'
const TABLES = [
  ...[
    'messages',
    'relays',
    'parked_messages',
    'key_troubles',
    'inbox',
    'half_messages',
    'local_transactions',
  ],
].map((table) => `holdfast_${table}`)

/** Makes the tables that the cases write to, or empties them. */
export async function prepareTables(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable(ENTRIES)) {
    for (const table of [ENTRIES, ...TABLES]) await knex(table).delete()
    return
  }
  await new SqlOutbox(knex).migrate()
  await knex.schema.createTable(ENTRIES, (table) => {
    table.increments('number')
    table.string('entry')
  })
}

function virtual(clock: StoreClock) {
  return { clock: { kind: 'virtual' as const, now: () => clock.now() } }
}

export async function outboxOn(
  { knex, isServer, close }: CaseDatabase,
  { clock }: Setting,
): Promise<OutboxUnderTest> {
  const outbox = new SqlOutbox(knex, virtual(clock))
  return {
    outbox,
    other: new SqlOutbox(knex, virtual(clock)),
    write: (messages) => knex.transaction((trx) => outbox.write(trx, messages)),
    hold: isServer
      ? async (messages) => {
          const trx = await knex.transaction()
          await outbox.write(trx, messages)
          return {
            commit: async () => void (await trx.commit()),
            rollBack: async () => void (await trx.rollback()),
          }
        }
      : null,
    close,
  }
}

export async function inboxOn(
  { knex, close }: CaseDatabase,
  { clock }: Setting,
): Promise<InboxUnderTest<Knex.Transaction>> {
  const options = virtual(clock)
  const inbox = new SqlInbox(knex, options)
  return { inbox, other: new SqlInbox(knex, options), ...beside(knex, new SqlOutbox(knex, options)), close }
}

export async function halfMessagesOn(
  { knex, close }: CaseDatabase,
  { clock }: Setting,
): Promise<HalfMessagesUnderTest<Knex.Transaction>> {
  const options = virtual(clock)
  return {
    halfMessages: new SqlHalfMessages(knex, options),
    other: new SqlHalfMessages(knex, options),
    transactions: new SqlLocalTransactions(knex, options),
    ...beside(knex, new SqlOutbox(knex, options)),
    close,
  }
}

function beside(knex: Knex, outbox: Outbox) {
  return {
    write: async (trx: Knex.Transaction, entry: string) => {
      await trx(ENTRIES).insert({ entry })
    },
    entries: async () => (await knex(ENTRIES).orderBy('number')).map(({ entry }) => entry as string),
    sent: async () => {
      const [shard] = await outbox.shards()
      const lease = await outbox.lease(shard as string, 'test', 1_000)
      const read = await lease?.read(100)
      await lease?.release()
      return Array.isArray(read) ? read.map(({ message }) => message.id) : []
    },
  }
}
