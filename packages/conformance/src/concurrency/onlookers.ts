import { AssertionError } from 'node:assert/strict'
import type { ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { release, reserve, SHIRT, supply } from '../scenario/commands.js'
import type { Scenario } from '../scenario/scenario.js'
import { scene } from '../specification/story.js'

const BUYERS = 12

/** Those who read while others change: what they see holds at every moment. */
export const ONLOOKERS: readonly Case<ReservationStore>[] = [
  scene('whoever reads while buyers race sees no counter below zero, and no unit lost', async (scenario) => {
    await scenario.apply(supply(3))
    let isOver = false
    const looking = scenario.clients().map(async (client) => {
      while (!isOver) {
        await look(scenario, client)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
    const racing = Promise.all(Array.from({ length: BUYERS }, (_, buyer) => buyAndCancel(scenario, buyer)))
    const raced = racing.finally(() => {
      isOver = true
    })
    // Everybody goes home before the store is closed.
    for (const end of await Promise.allSettled([raced, ...looking]))
      if (end.status === 'rejected') throw end.reason
    await scenario.assertLawfulAlone()
  }),
]

async function buyAndCancel(scenario: Scenario, buyer: number): Promise<void> {
  const clients = scenario.clients()
  const client = clients[buyer % clients.length] as ReservationStore
  for (const turn of ['first', 'second']) {
    await scenario.send(client, [reserve(`${turn} of ${buyer}`)])
    await scenario.send(client, [release(`${turn} of ${buyer}`, 'seller')])
  }
}

async function look(scenario: Scenario, client: ReservationStore): Promise<void> {
  const nothing = { reservations: [], counters: [], guards: [], strikes: [] }
  const page = await client.read(scenario.partitionOf([]), { kind: 'keys', accounts: [SHIRT], ...nothing })
  for (const { available, reserved, sold, backordered, supplied } of page.accounts) {
    const isWhole = available + reserved + sold === supplied
    if (isWhole && Math.min(available, reserved, sold, backordered) >= 0) continue
    const seen = JSON.stringify({ available, reserved, sold, backordered, supplied })
    throw new AssertionError({ message: `while buyers race, an account reads ${seen}`, operator: 'look' })
  }
}
