import type { Command } from '@holdfast/core/adapter'
import type { Contender, Stand } from '../contender.js'
import { mustEqual } from '../law-broken.js'
import { PartitionOfMaps } from './partition-of-maps.js'
import { distinctReserves } from './reserves.js'

const ACCOUNT = { sku: 'PHONE', pool: 'default' }
const NOW = Date.UTC(2030, 0, 1)
export const DECISIONS = 100_000
/** As many commands as the coalescer puts into one batch for SQL. */
export const BATCH = 500

/**
 * Core's rules alone: every decision made and evolved on maps, ids and buyers distinct, all granted. After `kept`
 * decisions the partition is a new one: a batch's worth is what an SQL adapter hands core; at more, what is measured
 * is mostly the heap that holds the states.
 */
export function decideContender(name: string, kept: number): Contender {
  const open = async (): Promise<Stand> => {
    const batches = cut(distinctReserves(DECISIONS, ACCOUNT, NOW + 60_000), BATCH)
    let last = stocked(kept)
    return {
      callers: 1,
      latency: false,
      call: () => {
        let granted = 0
        for (const [index, batch] of batches.entries()) {
          if ((index * BATCH) % kept === 0) last = stocked(kept)
          for (const outcome of last.runner.run(batch, NOW).outcomes)
            if (outcome.kind === 'granted') granted += 1
        }
        mustEqual('decisions granted', granted, DECISIONS)
        return granted
      },
      checkLaws: async () => checkLaws(last, kept),
      close: async () => {},
    }
  }
  return { engine: 'core', name, unit: 'decisions/s', open }
}

function stocked(units: number): PartitionOfMaps {
  const partition = new PartitionOfMaps()
  const supply = {
    kind: 'supply',
    movement: 'delivery-1',
    account: ACCOUNT,
    delta: units,
    cause: 'restock',
  } as const
  partition.runner.run([supply], NOW)
  return partition
}

function checkLaws({ accounts, reservations, counters, guards }: PartitionOfMaps, kept: number): void {
  const account = accounts.get(ACCOUNT.sku)
  mustEqual('units available', account?.available ?? -1, 0)
  mustEqual('units reserved', account?.reserved ?? -1, kept)
  mustEqual('units supplied', account?.supplied ?? -1, kept)
  mustEqual('reservations', reservations.size, kept)
  mustEqual('guards', guards.size, kept)
  let uses = 0
  for (const { used } of counters.values()) uses += used
  mustEqual('uses of limits', uses, kept)
}

function cut(commands: readonly Command[], size: number): readonly (readonly Command[])[] {
  const batches: (readonly Command[])[] = []
  for (let from = 0; from < commands.length; from += size) batches.push(commands.slice(from, from + size))
  return batches
}
