/** A product that orders were refused for want of. */
export interface ContestedProduct {
  readonly sku: string
  readonly name: string
  /** Orders that did not find enough of it. */
  readonly refusedOrders: number
  /** Units that those did not find. */
  readonly unitsShort: number
}

/** Counts, by product and over all regions, what refused orders did not find. */
export class Contest {
  private readonly products = new Map<string, { refusedOrders: number; unitsShort: number }>()

  add(sku: string, unitsShort: number): void {
    const product = this.products.get(sku) ?? { refusedOrders: 0, unitsShort: 0 }
    product.refusedOrders += 1
    product.unitsShort += unitsShort
    this.products.set(sku, product)
  }

  /** The most contested first. */
  ranking(names: ReadonlyMap<string, string>): readonly ContestedProduct[] {
    const products = [...this.products].map(([sku, counts]) => ({
      sku,
      name: names.get(sku) ?? sku,
      ...counts,
    }))
    return products.sort(
      (one, other) =>
        other.refusedOrders - one.refusedOrders ||
        other.unitsShort - one.unitsShort ||
        (one.sku < other.sku ? -1 : 1),
    )
  }
}
