import { DeskWorker, OrderDesk } from '@holdfast/core'
import { RedisStore } from '@holdfast/redis-adapter'
import { Redis } from 'ioredis'
import { POLICY } from '../desk/shop-desk.js'
import { openPlace } from '../stored/place.js'
import type { Answer, Question } from './carrier.js'

let carried = 0
let failure: unknown = null
let close = async () => {}

/** The worker of a shop, in a process of its own. */
async function open({ redisUrl, ledger, lease }: Question & { readonly kind: 'open' }): Promise<void> {
  const redis = new Redis(redisUrl)
  const place = await openPlace(ledger)
  const desk = new OrderDesk({ store: new RedisStore(redis), ledger: place.store, lease, policy: POLICY })
  const worker = new DeskWorker(desk)
  const [before = null] = await place.store.carried(await desk.parts.store.partitions())
  let entries = before?.sequence ?? 0
  desk.parts.chain?.carrier.on('carried', (_, { sequence }, events) => {
    // Of one SKU, each entry tells once of its account.
    carried += events - (sequence - entries)
    entries = sequence
  })
  worker.on('error', (error) => {
    failure ??= error
  })
  await worker.start()
  close = async () => {
    await worker.close()
    await desk.close()
    await place.close()
    redis.disconnect()
  }
}

async function answer(question: Question): Promise<number> {
  if (question.kind === 'open') await open(question)
  if (question.kind === 'close') await close()
  if (failure !== null) throw failure
  const told = carried
  carried = 0
  return told
}

process.on('message', (question: Question) => {
  const reply = (told: Answer) => process.send?.(told)
  answer(question).then(
    (told) => reply({ carried: told }),
    (error: unknown) => reply({ failure: error instanceof Error ? (error.stack ?? '') : String(error) }),
  )
})
