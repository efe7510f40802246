import type { AccountKey } from '@holdfast/core'

/** Units that refused orders did not find, by calendar year (UTC) and account. */
export class Shortages {
  private readonly years = new Map<number, Map<string, AccountKey & { units: number }>>()

  add(year: number, { sku, pool }: AccountKey, units: number): void {
    const accounts = this.years.get(year) ?? new Map<string, AccountKey & { units: number }>()
    this.years.set(year, accounts)
    const name = JSON.stringify([sku, pool])
    const account = accounts.get(name) ?? { sku, pool, units: 0 }
    account.units += units
    accounts.set(name, account)
  }

  of(year: number): readonly (AccountKey & { readonly units: number })[] {
    return [...(this.years.get(year)?.values() ?? [])]
  }
}
