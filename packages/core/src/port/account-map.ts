import type { AccountKey } from './claims.js'

interface Node<Value> {
  readonly pool: string
  readonly value: Value
  readonly next: Node<Value> | undefined
}

/** Values by SKU and pool. Pools of a SKU are few: they are gone through, which is lighter than a map for each. */
export class AccountMap<Value> {
  private readonly bySku = new Map<string, Node<Value>>()

  get({ sku, pool }: AccountKey): Value | undefined {
    let node = this.bySku.get(sku)
    while (node !== undefined && node.pool !== pool) node = node.next
    return node?.value
  }

  /** Of an account that has none yet. */
  add({ sku, pool }: AccountKey, value: Value): void {
    this.bySku.set(sku, { pool, value, next: this.bySku.get(sku) })
  }
}
