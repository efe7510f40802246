import { createApp } from './app.js'
import { openDatabase } from './database.js'
import { openDesk } from './desk.js'

const { PORT = '3000', SHOP_DB = 'shop.db' } = process.env

const db = await openDatabase(SHOP_DB)
const { desk, worker } = await openDesk(db)
await worker.start()
const server = createApp(db, desk).listen(Number(PORT), '127.0.0.1', (error?: Error) => {
  if (error !== undefined) throw error
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : PORT
  console.log(`the shop is open: http://127.0.0.1:${port}`)
})

/** Answers who was served, then closes what was opened, in reverse. */
async function close(): Promise<void> {
  await new Promise((resolve) => server.close(resolve))
  await worker.close()
  await desk.close()
  await db.destroy()
}
process.once('SIGTERM', close)
process.once('SIGINT', close)
