import { DeskWorker } from '@holdfast/core'
import type { Contender, Stand } from '../contender.js'
import { mustEqual } from '../law-broken.js'
import { type DeskContender, DeskSale } from './desk-contender.js'

export interface ExpiringContender extends DeskContender {
  /** Due holds in the contents. */
  readonly due: number
}

/** Sells while a worker expires due holds, from the end of the warm-up on. */
export function expiringContender(options: ExpiringContender): Contender {
  const { engine, name, due } = options
  const open = async (): Promise<Stand> => {
    const sale = new DeskSale(options, await options.open())
    const stand = await sale.begin()
    const worker = new DeskWorker(sale.desk)
    let failure: unknown = null
    worker.on('round', ({ expired }) => {
      sale.expired += expired
    })
    worker.on('error', (error) => {
      failure ??= error
    })
    return {
      ...stand,
      warm: () => worker.start(),
      checkLaws: async () => {
        // Ends when the last of them is expired.
        await worker.close()
        if (failure !== null) throw failure
        mustEqual('holds expired', sale.expired, due)
        await stand.checkLaws()
      },
      close: async () => {
        await worker.close()
        await stand.close()
      },
    }
  }
  return { engine, name, unit: 'orders/s', open }
}
