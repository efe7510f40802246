import { DeskWorker } from '@holdfast/core'
import type { DeathAt } from '../dying.js'
import { type ChainPlace, openChain } from './place.js'

export interface CarrierProcess extends ChainPlace {
  readonly death: DeathAt | null
}

const { death, ...place }: CarrierProcess = JSON.parse(process.argv[2] ?? '')

const chain = await openChain(place, death)
const worker = new DeskWorker(chain.desk)
worker.on('halted', ({ error }) => console.log(`halted ${error instanceof Error ? error.message : error}`))
worker.on('error', (error) => console.log(`error ${error instanceof Error ? error.message : error}`))
await worker.start()
console.log('carries')

process.once('SIGTERM', async () => {
  await worker.close()
  await chain.close()
  process.exit(0)
})
