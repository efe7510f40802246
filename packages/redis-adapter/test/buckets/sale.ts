import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Policy } from '@holdfast/core'
import { isTransit, type Page, type ReservationStore } from '@holdfast/core/adapter'
import { onTestFinished } from 'vitest'

/** One SKU in twelve buckets. */
export const SETTING = { partitions: 12, spread: ['PHONE'] } as const
/** What counts by user lies beside the units. */
export const POLICY: Policy = {
  limits: [{ id: 'few', per: 'user', scope: 'sku', max: 50 }],
  unpaidOrder: { per: 'user', scope: 'sku' },
}

/** What a process is to sell. */
export interface Sale {
  readonly url: string
  readonly keyPrefix: string
  /** Begins the ids of its buyers. */
  readonly name: string
  readonly buyers: number
  /** Buyers at a time. */
  readonly callers: number
  readonly quantity: number
  /** Where it kills itself. */
  readonly dies?: 'before the credit' | 'before it is cleared' | undefined
}

export interface Sold {
  readonly sold: number
  readonly answers: Readonly<Record<string, number>>
  readonly failures: readonly string[]
}

/** A process of its own, on the packages' sources. `null`: it was killed. */
export async function selling(sale: Sale): Promise<Sold | null> {
  const root = fileURLToPath(new URL('../../../../', import.meta.url))
  const path = fileURLToPath(new URL('./selling-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', path, JSON.stringify(sale)], {
    cwd: root,
    env: { ...process.env, TSX_TSCONFIG_PATH: `${root}tsconfig.json` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (signal === 'SIGKILL') return null
  if (code !== 0) throw new Error(`it ended with ${code}: ${said}`)
  return JSON.parse(said) as Sold
}

/** What all buckets of the SKU have, and what is on its way between them. */
export async function unitsOf(store: ReservationStore) {
  const sum = { available: 0, reserved: 0, sold: 0, supplied: 0, inFlight: 0 }
  for (const { accounts } of await pages(store, 'accounts')) {
    for (const { key, available, reserved, sold, supplied } of accounts) {
      if (isTransit(key)) sum.inFlight += available
      else {
        sum.available += available
        sum.reserved += reserved
        sum.sold += sold
        sum.supplied += supplied
      }
    }
  }
  return sum
}

/** The least that any bucket ever had, as its events tell after every batch. */
export async function leastEver(store: ReservationStore): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (const { events } of await pages(store, 'events')) {
    for (const { event } of events) if (event.type === 'changed') least = Math.min(least, event.available)
  }
  return least
}

async function pages(store: ReservationStore, of: 'accounts' | 'events'): Promise<readonly Page[]> {
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
