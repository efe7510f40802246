import { openPlace } from '../open-place.js'
import { atEachIoPoint } from './io-points.js'
import { SaleClock, sellOnce } from './one-sale.js'

// Sells once, and kills itself at the point of its input or output that it is told. If it gets through, it tells how
// many points it has passed.

const [place, name, killedAt] = process.argv.slice(2) as [string, string, string]
const clock = new SaleClock()
const store = await openPlace(place, { clock })
// A connection that is there, so that what is counted is the sale's.
await store.readOrders(['nobody'])

let passed = 0
const port = /^\w+:\/\//.test(place) ? Number(new URL(place).port) : null
atEachIoPoint(port, () => {
  passed += 1
  if (passed === Number(killedAt)) process.kill(process.pid, 'SIGKILL')
})
await sellOnce(store, clock, name)
process.stdout.write(`${passed}\n`, () => process.exit(0))
