import {
  type MessageKitOptions,
  type OutboxUnderTest,
  testHalfMessageStore,
  testInbox,
  testOutbox,
} from '@holdfast/conformance'
import { afterAll, describe, it } from 'vitest'
import { openKnex } from './files.js'
import { type CaseDatabase, halfMessagesOn, inboxOn, outboxOn, prepareTables } from './messages-on-sql.js'
import { newDatabase, type ServerKind } from './servers.js'

function suites(
  open: () => Promise<CaseDatabase>,
  declines: MessageKitOptions<OutboxUnderTest>['declines'],
): void {
  testOutbox({ describe, it, create: async (setting) => outboxOn(await open(), setting), declines })
  testInbox({ describe, it, create: async (setting) => inboxOn(await open(), setting) })
  testHalfMessageStore({ describe, it, create: async (setting) => halfMessagesOn(await open(), setting) })
}

describe('messages on SQLite', () => {
  suites(async () => {
    const knex = openKnex()
    await prepareTables(knex)
    return { knex, isServer: false, close: async () => {} }
  }, ['open transactions'])
})

const SERVERS: readonly ServerKind[] = ['postgres', 'mariadb']

for (const kind of SERVERS) {
  const database = await newDatabase(kind)
  const knex = database?.connect({ min: 0, max: 10 })
  describe.skipIf(knex === undefined)(`messages on ${kind}`, () => {
    afterAll(async () => {
      await knex?.destroy()
      await database?.drop()
    })
    suites(async () => {
      if (knex === undefined) throw new Error(`${kind} cannot be had`)
      await prepareTables(knex)
      return { knex, isServer: true, close: async () => {} }
    }, [])
  })
}
