import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { OrderDesk } from '@holdfast/core'
import type { SqlStore } from '../src/index.js'
import { start } from './child-process.js'

const SELLING = new URL('./selling-process.ts', import.meta.url)

/** A process that sells on a file or server. `acknowledged` grows with what it tells. */
export function sell(place: string, name: string) {
  const child = start(SELLING, place, name)
  const acknowledged: string[] = []
  const lines = createInterface({ input: child.stdout })
  return {
    acknowledged,
    /** Kills it, without warning, once it has told of this many orders. */
    async killedAfter(orders: number): Promise<void> {
      for await (const line of lines) {
        if (line.endsWith(' .')) acknowledged.push(line.slice(0, -2))
        if (acknowledged.length === orders) child.kill('SIGKILL')
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

/** Whether the laws hold, and how every order stands that was told of. */
export async function lookInto(store: SqlStore, told: readonly string[]) {
  const desk = new OrderDesk({ store, policy: { holdFor: { minutes: 1 } } })
  const audit = await desk.audit()
  const ids = told.map((line) => line.slice(line.indexOf(' ') + 1))
  const orders = await store.readOrders(ids)
  const kept = orders.map((order, index) => `${asTold(told[index], order?.status)} ${ids[index]}`)
  await store.close()
  return { audit, kept }
}

function asTold(line: string | undefined, status: string | undefined): string | undefined {
  // One that was placed may have been swept since.
  if (line?.startsWith('placed') && status === 'expired') return 'placed'
  return status === 'awaiting-payment' ? 'placed' : status
}
