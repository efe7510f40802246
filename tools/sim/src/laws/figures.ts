import type { Page } from '@holdfast/core/adapter'
import { law } from './law-broken.js'

type Account = Page['accounts'][number]

/** What holds of any account at any time, whatever is known of its orders. @throws LawBroken */
export function checkFigures(account: Account): void {
  const { available, reserved, sold, backordered, supplied } = account
  const counts = [available, reserved, sold, backordered, supplied]
  const isLawful = counts.every((count) => Number.isSafeInteger(count) && count >= 0)
  law('L2 no counter below zero', isLawful, () => account)
  law('L1 available + reserved + sold = supplied', available + reserved + sold === supplied, () => account)
}
