import * as core from '@holdfast/core/adapter'
import { accountKey, type Kept, type Level, tableOf } from './tables.js'

type Snapshot = { readonly snapshot: ReturnType<Level['snapshot']> }
const NAMED = ['accounts', 'reservations', 'counters', 'guards', 'strikes'] as const

/** What is there of the keys asked for, or one page of a list. `at`: the snapshot to read. */
export async function pageOf(level: Level, at: Snapshot, query: core.Query, now: number): Promise<core.Page> {
  const page = { ...core.EMPTY_PAGE, now }
  if (query.kind === 'list') return { ...page, ...(await listed(level, at, query)) }
  const asked = { ...query, accounts: query.accounts.map(accountKey) }
  for (const of of NAMED) {
    const values = await tableOf(level, of).getMany([...asked[of]], at)
    const found = asked[of].map((key, index) => shown(of, key, values[index]))
    Object.assign(page, { [of]: found.filter((_, index) => values[index] !== undefined) })
  }
  return page
}

async function listed(level: Level, at: Snapshot, query: core.ListQuery): Promise<Partial<core.Page>> {
  const entries: unknown[] = []
  let cursor: string | null = null
  for await (const [key, value] of tableOf(level, query.of).iterator({ gt: query.cursor ?? '', ...at })) {
    if (!isWanted(query, value)) continue
    if (entries.length === query.limit) return { [query.of]: entries, cursor }
    entries.push(shown(query.of, key, value))
    cursor = key
  }
  return { [query.of]: entries }
}

/** An entry as pages show it. */
function shown(of: core.Listing, key: string, value?: Kept[core.Listing]): unknown {
  if (of === 'counters') return { name: key, ...value }
  if (of === 'guards' || of === 'strikes') return { name: key, state: value }
  return of === 'reservations' ? { ...value, place: undefined } : value
}

/** Accounts and the ledger can be asked for by account; accounts also by whether there is something to fill. */
function isWanted({ account: asked, fillable = false }: core.ListQuery, entry: object): boolean {
  const { key, account = key, ...counts } = entry as Partial<core.LedgerEntry & core.StockAccountState>
  if (fillable && !(counts.available && counts.backordered)) return false
  return asked === undefined || (account?.sku === asked.sku && account.pool === (asked.pool ?? account.pool))
}
