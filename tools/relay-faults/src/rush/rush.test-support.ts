import { randomUUID } from 'node:crypto'
import { isTransit, type Listing, type Page } from '@holdfast/core/adapter'
import { Cluster } from 'ioredis'
import { onTestFinished } from 'vitest'
import { Child } from '../child.js'
import { type OpenRush, openRush, type RushPlace } from './place.js'
import type { SellerProcess, SellerTold } from './seller-process.js'

export function newPrefix(): string {
  return `rush-${randomUUID()}:`
}

/** A desk of this process, closed after the test, its keys removed. */
export function openedAt(place: RushPlace, laterMs?: number): OpenRush {
  const rush = openRush(place, laterMs)
  const { redis } = rush
  onTestFinished(async () => {
    for (const node of redis instanceof Cluster ? redis.nodes('master') : [redis])
      for (const key of await node.keys(`${place.prefix}*`)) await node.unlink(key)
    await rush.close()
  })
  return rush
}

export async function startSeller(place: RushPlace, seller: Omit<SellerProcess, keyof RushPlace>) {
  const child = Child.start('./rush/seller-process.ts', { ...place, ...seller })
  onTestFinished(async () => void (await child.end('SIGKILL')))
  await child.says('is ready')
  return child
}

export async function toldBy(seller: Child): Promise<SellerTold> {
  const line = await seller.says('sold ')
  return JSON.parse(line.slice('sold '.length)) as SellerTold
}

/** What all accounts have together, and what is on its way between two of them. */
export async function unitsOf(rush: Pick<OpenRush, 'store'>) {
  const sum = { available: 0, reserved: 0, sold: 0, inFlight: 0 }
  for (const { accounts } of await pages(rush, 'accounts')) {
    for (const { key, available, reserved, sold } of accounts) {
      if (isTransit(key)) sum.inFlight += available
      else {
        sum.available += available
        sum.reserved += reserved
        sum.sold += sold
      }
    }
  }
  return sum
}

/** The least that any account ever had, as far as its store still tells. */
export async function leastEver(rush: Pick<OpenRush, 'store'>): Promise<number> {
  const told = (await pages(rush, 'events')).flatMap(({ events }) => events.map(({ event }) => event))
  return Math.min(...told.flatMap((event) => (event.type === 'changed' ? [event.available] : [])))
}

async function pages({ store }: Pick<OpenRush, 'store'>, of: Listing): Promise<readonly Page[]> {
  const found: Page[] = []
  for (const partition of await store.partitions()) {
    for (let cursor: string | null = null; ; ) {
      const page: Page = await store.read(partition, { kind: 'list', of, cursor, limit: 1_000 })
      found.push(page)
      if (page.cursor === null) break
      cursor = page.cursor
    }
  }
  return found
}
