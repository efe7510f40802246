import { onTestFinished } from 'vitest'
import { brokersOf } from '../../services/kafka.js'
import { serverForTests } from '../../services/test-services.js'
import type { Arrived } from './arrived.js'
import { Child } from './child.js'
import type { DeathAt } from './dying.js'
import { newPlace, type Place } from './place.js'

const [postgres, kafka] = [await serverForTests('postgres'), await serverForTests('kafka')]

export const hasServers = postgres !== null && kafka !== null

/** A place of this test's own. */
export async function placeForTest(brokers = brokersOf(kafka ?? '')): Promise<Place> {
  const { drop, ...place } = await newPlace(postgres ?? '', brokers)
  onTestFinished(drop)
  return place
}

export function startRelay(
  place: Place,
  {
    leaseMs = 1_500,
    death = null,
    batchLimit = 50,
  }: { leaseMs?: number; death?: DeathAt | null; batchLimit?: number } = {},
): Child {
  const child = Child.start('./relay-process.ts', { ...place, leaseMs, death, batchLimit })
  onTestFinished(async () => void (await child.end('SIGKILL')))
  return child
}

export function startConsumer(place: Place, death: DeathAt | null = null): Child {
  const child = Child.start('./consumer-process.ts', { ...place, groupId: place.topic, death })
  onTestFinished(async () => void (await child.end('SIGKILL')))
  return child
}

/** Everything written is there, first in the order in which it was written; some may be there again. */
export const NOTHING_LOST: Omit<Arrived, 'written' | 'repeated'> = {
  missing: 0,
  parked: 0,
  strangers: 0,
  disordered: 0,
}
