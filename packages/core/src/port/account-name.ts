import type { AccountKey } from './claims.js'

/** One text for each account: the length keeps SKU and pool apart, whatever characters they have. */
export function accountName({ sku, pool }: AccountKey): string {
  return `${sku.length}:${sku}${pool}`
}
