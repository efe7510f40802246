import { DeskWorker, OrderDesk } from '@holdfast/core'
import type { Command, ReservationStore } from '@holdfast/core/adapter'
import { Cluster } from 'ioredis'
import { RedisStore } from '../../src/index.js'
import { POLICY, type Sale, SETTING } from './sale.js'

// A shop of its own process, which sells a SKU that is spread over a cluster to the last unit. In the end it tells what
// it sold and what it answered otherwise.

const { url, keyPrefix, name, buyers, callers, quantity, dies } = JSON.parse(process.argv[2] ?? '') as Sale
const redis = new Cluster([url])
const store = new RedisStore(redis, { ...SETTING, keyPrefix })
const desk = new OrderDesk({ store: dying(store), policy: POLICY })
const worker = new DeskWorker(desk)
const failures: string[] = []
worker.on('error', (error) => failures.push(String(error)))
await worker.start()

const answers: Record<string, number> = {}
let sold = 0
let next = 0
async function sell(): Promise<void> {
  while (next < buyers) {
    const user = `${name} ${next++}`
    const order = { id: user, buyer: { user }, lines: [{ sku: 'PHONE', quantity }] }
    const placed = await desk.place(order)
    const answer = placed.ok ? placed.admission : placed.reason
    answers[answer] = (answers[answer] ?? 0) + 1
    if (!placed.ok) continue
    sold += quantity
    const paid = await desk.recordPayment({ orderId: user, paymentId: user, home: placed.order.home })
    if (!paid.ok) failures.push(`${user} could not be paid`)
  }
}
await Promise.all(Array.from({ length: callers }, sell))
await worker.close()
await desk.close()
redis.disconnect()
process.stdout.write(JSON.stringify({ sold, answers, failures }))

/** Kills the process where a transfer has left its bucket, before it is credited or after. */
function dying<Store extends ReservationStore>(store: Store): Store {
  if (dies === undefined) return store
  const apply: ReservationStore['apply'] = async (partition, epoch, commands) => {
    if (dies === 'before the credit' && commands.some(isCredit)) process.kill(process.pid, 'SIGKILL')
    const applied = await store.apply(partition, epoch, commands)
    if (dies === 'before it is cleared' && commands.some(isCredit)) process.kill(process.pid, 'SIGKILL')
    return applied
  }
  return new Proxy(store, {
    get: (target, key) => {
      const value: unknown = key === 'apply' ? apply : Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function isCredit(command: Command): boolean {
  return command.kind === 'supply' && command.delta > 0 && command.movement.includes('credit')
}
