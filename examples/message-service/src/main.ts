import { MessageChecker, Relay } from '@holdfast/core'
import { SqlHalfMessages, SqlOutbox } from '@holdfast/sql-adapter'
import { createApp } from './app.js'
import { askSender } from './ask-sender.js'
import { openDatabase } from './database.js'
import { httpPublisher } from './http-publisher.js'

const {
  PORT = '3000',
  MESSAGES_DB = 'messages.db',
  DELIVER_TO = 'http://127.0.0.1:3001',
  CHECKS = '15',
} = process.env

const db = openDatabase(MESSAGES_DB)
const halfMessages = new SqlHalfMessages(db)
await halfMessages.migrate()
const relay = new Relay({
  outbox: new SqlOutbox(db),
  publisher: httpPublisher(DELIVER_TO),
  leaseFor: { seconds: 5 },
})
const checker = new MessageChecker({
  halfMessages,
  check: askSender,
  checks: Number(CHECKS),
  every: { milliseconds: 200 },
  retryAfter: { milliseconds: 500 },
})
relay.on('error', (error) => console.error(String(error)))
checker.on('parked', ({ message }) => console.error(`parked: ${message.id}`))
const app = await createApp(halfMessages, () => relay.wake())
await Promise.all([relay.start(), checker.start()])
console.log(`messages are taken: ${await app.listen({ port: Number(PORT), host: '127.0.0.1' })}`)

/** Answers who was served, then closes what was opened, in reverse. */
async function close(): Promise<void> {
  await app.close()
  await Promise.all([checker.close(), relay.close()])
  await db.destroy()
}
process.once('SIGTERM', close)
process.once('SIGINT', close)
