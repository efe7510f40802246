import { once } from 'node:events'
import { DeskWorker } from '@holdfast/core'
import { buyersOf, openRush, orderOf, type RushPlace } from './place.js'

/** A process that sells in a rush, to all its buyers at once. */
export interface SellerProcess extends RushPlace {
  readonly name: string
  readonly buyers: number
  /** Kills itself when it learns of its first grant, all other calls under way. */
  readonly dies: boolean
}

/** What it tells in the end. */
export interface SellerTold {
  readonly paid: number
  readonly refused: Readonly<Record<string, number>>
  readonly failures: readonly string[]
}

const { name, buyers, dies, ...place }: SellerProcess = JSON.parse(process.argv[2] ?? '')
const { desk, close } = openRush(place)
const worker = new DeskWorker(desk)
const failures: string[] = []
worker.on('error', (error) => failures.push(String(error)))
await worker.start()
const refused: Record<string, number> = {}
let paid = 0

async function buy(buyer: string): Promise<void> {
  const placed = await desk.place(orderOf(buyer))
  if (!placed.ok) {
    refused[placed.reason] = (refused[placed.reason] ?? 0) + 1
    return
  }
  if (dies) process.kill(process.pid, 'SIGKILL')
  const { home } = placed.order
  const answer = await desk.recordPayment({ orderId: buyer, paymentId: buyer, home })
  if (answer.ok) paid += 1
  else failures.push(`${buyer} could not be paid: ${answer.reason}`)
}

const begin = once(process, 'SIGUSR2')
console.log('is ready')
await begin
await Promise.all(buyersOf(name, buyers).map(buy))
await worker.close()
await close()
const told: SellerTold = { paid, refused, failures }
console.log(`sold ${JSON.stringify(told)}`)
