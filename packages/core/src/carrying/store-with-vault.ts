import { mergedAccounts } from '../buckets/merged-reading.js'
import { isTransit } from '../partition/bucket-names.js'
import { NO_KEYS, type Page, type Query, type ReservationStore } from '../port/reservation-store.js'
import type { Vault } from './vault.js'

/** The store as a shop sees it: what the ledger has in its vault is part of each account, beside its first bucket. */
export function storeWithVault(store: ReservationStore, vault: Vault): ReservationStore {
  return {
    capabilities: store.capabilities,
    ...(store.spread === undefined ? {} : { spread: store.spread }),
    partitionsOf: (command) => store.partitionsOf(command),
    partitions: () => store.partitions(),
    apply: (...batch) => store.apply(...batch),
    read: async (partition, query) => withVault(store, vault, partition, query),
    snapshot: (...work) => store.snapshot(...work),
    forgetEnded: async (partition) => store.forgetEnded?.(partition) ?? 0,
    close: () => store.close(),
  }
}

async function withVault(
  store: ReservationStore,
  vault: Vault,
  partition: string,
  query: Query,
): Promise<Page> {
  const page = await store.read(partition, query)
  if (page.accounts.length === 0 || (query.kind === 'list' && query.fillable === true)) return page
  const told = page.accounts.filter(({ key }) => !isTransit(key))
  const isFirst = (account: (typeof told)[number]['key']) =>
    store.partitionsOf({ kind: 'fill', account, limit: 1 })[0] === partition
  const accounts = told.map(({ key }) => key).filter(isFirst)
  if (accounts.length === 0) return { ...page, accounts: told }
  const inVault = await vault.read({ ...NO_KEYS, accounts })
  return { ...page, accounts: mergedAccounts([...told, ...inVault.accounts]) }
}
