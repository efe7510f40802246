import { DeskWorker, OrderDesk } from '@holdfast/core'
import { openPlace } from './open-place.js'

// One of several processes of a shop: does its work, and tells what came of it as one line of JSON.

const [place, task, name] = process.argv.slice(2) as [string, string, string]
const ORDERS = 400
const CALLERS = 50
/** Each order takes units of so many of the SKUs, in an order of its own. */
const LINES = 3
const SKUS = 5

const desk = new OrderDesk({
  store: await openPlace(place),
  policy: { holdFor: { minutes: 15 }, limits: [{ id: 'lots', per: 'user', scope: 'sku', max: 1_000 }] },
  deadline: { minutes: 5 },
})
const failures: string[] = []

/** `overlapping`: the same SKUs as all others sell; `disjoint`: its own. */
async function sell(which: string) {
  const skus = Array.from({ length: SKUS }, (_, n) => `${which === 'disjoint' ? name : 'shared'} ${n}`)
  for (const sku of skus) await desk.restock({ id: 'opening', sku, quantity: 1_000_000 })
  const begin = performance.now()
  let turn = 0
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (turn < ORDERS) {
        const at = turn++
        const lines = Array.from({ length: LINES }, (_, n) => ({
          sku: skus[(at + n * (1 + (at % 2))) % SKUS] as string,
          quantity: 1 + (at % 3),
        }))
        const placed = await desk.place({
          id: `${which} ${name} ${at}`,
          buyer: { user: `${name} ${at}` },
          lines,
        })
        if (!placed.ok) failures.push(placed.reason)
      }
    }),
  )
  return { placed: ORDERS - failures.length, seconds: (performance.now() - begin) / 1_000 }
}

/** Expires what is due, until nothing is. */
async function sweep() {
  const worker = new DeskWorker(desk)
  worker.on('error', (error) => failures.push(String(error)))
  let expired = 0
  for (let idle = 0; idle < 3; ) {
    const round = await worker.runOnce()
    expired += round.expired
    idle = round.expired === 0 ? idle + 1 : 0
  }
  return { expired }
}

const result = task === 'sweep' ? await sweep() : await sell(task)
process.stdout.write(`${JSON.stringify({ ...result, failures })}\n`, () => process.exit(0))
