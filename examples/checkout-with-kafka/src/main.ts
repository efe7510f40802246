// The shop by one command: `npm run checkout`. Finds or starts PostgreSQL and Kafka, makes databases and topics, and keeps
// three programs running until it is stopped.
import { setTimeout as pause } from 'node:timers/promises'
import { brokersOf } from '../../../tools/services/kafka.js'
import { StartedServices } from '../../../tools/services/started.js'
import { stopped } from './connections.js'
import { Program, type ProgramName } from './program.js'
import { setUp } from './set-up.js'

const { DATABASE_URL, KAFKA_BROKERS, SHOP = 'shop', PORT = '3000', SHIPPING_PORT = '3001' } = process.env

const services = new StartedServices()
const running = new Map<ProgramName, Program>()
let isStopping = false
const stop = stopped().then(() => {
  isStopping = true
})

const environment = await setUp({
  databaseUrl: DATABASE_URL ?? (await services.get('postgres')).url,
  brokers: KAFKA_BROKERS ?? brokersOf((await services.get('kafka')).url).join(','),
  shop: SHOP,
})
await Promise.all([
  keepRunning('web', { ...environment.web, PORT }),
  keepRunning('worker', environment.worker),
  keepRunning('shipping', { ...environment.shipping, PORT: SHIPPING_PORT }),
])
if (!isStopping) console.log(toTry())

await stop
await Promise.all([...running.values()].map((program) => program.end()))
await services.stop()

/** Starts a program, and again whenever it ends. Resolves once it is ready for the first time. */
async function keepRunning(name: ProgramName, environment: NodeJS.ProcessEnv): Promise<void> {
  if (isStopping) return
  const program = new Program(name, environment)
  running.set(name, program)
  void program.ended.then(async (how) => {
    if (isStopping) return
    console.log(`${name} ended (${how}); it is started again`)
    await pause(1_000)
    await keepRunning(name, environment)
  })
  const line = await program.ready.catch(() => null)
  if (line !== null) console.log(`${line} (process ${program.pid})`)
}

function toTry(): string {
  const [shop, shipping] = [`http://127.0.0.1:${PORT}`, `http://127.0.0.1:${SHIPPING_PORT}`]
  const post = `curl -s -H content-type:application/json ${shop}`
  return `
Three phones and a thousand cases are in stock. Place an order, pay for it, see it shipped:

  ${post}/checkout -d '{"orderId":"o1","userId":"ada","lines":[{"sku":"PHONE","quantity":1}],"total":29900}'
  ${post}/payments -d '{"orderId":"o1","paymentId":"pi_1"}'
  curl -s ${shop}/orders/o1
  curl -s ${shipping}/shipments/o1

Every call may be sent again. Every process may be killed: it is started again. Ctrl-C stops all of it.`
}
