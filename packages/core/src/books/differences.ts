import { type AccountFinding, type CounterFinding, FIGURES, type GuardFinding, nameOf } from './books.js'

/** One figure that is not what it must be. */
export interface Difference {
  /**
   * What was looked at: an account (named by its SKU and pool, as JSON), a counter, a guard; between a store and the ledger
   * that follows it also a live reservation (by its id) and a buyer's strikes.
   */
  readonly of: 'account' | 'counter' | 'guard' | 'reservation' | 'strikes'
  readonly name: string
  /** Which figure. */
  readonly figure: string
  readonly found: number | string | null
  readonly expected: number | string | null
}

export function differencesOfAccount(finding: AccountFinding): readonly Difference[] {
  const { key, counters, archived, ledger, orders } = finding
  const name = nameOf(key)
  const differ = (figure: string, found: number | null, expected: number | string): readonly Difference[] =>
    found === expected ? [] : [{ of: 'account', name, figure, found, expected }]
  if (counters === null) return differ('exists', null, name)
  const { available, reserved, sold, backordered, supplied } = counters
  return [
    ...FIGURES.flatMap((figure) => [
      ...differ(`${figure} below zero`, Math.min(0, counters[figure]), 0),
      ...differ(`${figure} in the ledger`, counters[figure], ledger[figure]),
    ]),
    ...differ('available + reserved + sold', available + reserved + sold, supplied),
    ...differ('reserved', reserved, orders.reserved),
    ...differ('sold', sold, orders.sold + archived),
    ...differ('backordered', backordered, orders.backordered),
  ]
}

export function differencesOfCounter({ name, used, expected }: CounterFinding): readonly Difference[] {
  return [{ of: 'counter', name, figure: 'used', found: used, expected }]
}

export function differencesOfGuard({ name, found, orders }: GuardFinding): readonly Difference[] {
  const [order = null] = orders
  return [
    ...(found === order ? [] : [{ of: 'guard', name, figure: 'order', found, expected: order } as const]),
    ...(orders.length < 2
      ? []
      : [{ of: 'guard', name, figure: 'live orders', found: orders.length, expected: 1 } as const]),
  ]
}
