import { createApp } from './app.js'
import { openDatabase, stopped } from './connections.js'
import { openDesk } from './desk.js'

const { DATABASE_URL, PORT = '3000' } = process.env

const db = openDatabase(DATABASE_URL)
const desk = openDesk(db)
const app = createApp(db, desk)
console.log(`the shop is open: ${await app.listen({ port: Number(PORT), host: '127.0.0.1' })}`)

await stopped()
// Answers who was served, then closes what was opened, in reverse.
await app.close()
await desk.close()
await db.destroy()
