import type { AccountKey } from '@holdfast/core/adapter'
import type { Changes } from '../dialects/work.js'

type NewMovement = Changes['movements'][number]

/** What the ids of movements stand for, per account. */
export class TouchedMovements {
  private readonly known = new Map<string, string>()
  readonly added: NewMovement[] = []

  load(account: AccountKey, movement: string, data: string): void {
    this.known.set(keyOf(account, movement), data)
  }

  get(account: AccountKey, movement: string): string | undefined {
    return this.known.get(keyOf(account, movement))
  }

  put(account: AccountKey, movement: string, data: string): void {
    this.known.set(keyOf(account, movement), data)
    this.added.push({ account, movement, data })
  }
}

function keyOf({ sku, pool }: AccountKey, movement: string): string {
  return JSON.stringify([sku, pool, movement])
}
