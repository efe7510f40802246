import { InvalidArgumentError } from 'commander'

/** Any number that is 0 or more. */
export function stockRatio(text: string): number {
  const ratio = decimal(text)
  if (!(ratio >= 0)) throw new InvalidArgumentError('It must be a number of at least 0.')
  // Never −0: a quantity of −0 is not what a shop restocks.
  return Math.abs(ratio)
}

/** Any whole number that is 1 or more and that a double holds exactly. */
export function limit(text: string): number {
  const units = decimal(text)
  if (!(units >= 1 && Number.isInteger(units))) {
    throw new InvalidArgumentError('It must be a whole number of at least 1.')
  }
  if (!Number.isSafeInteger(units)) {
    throw new InvalidArgumentError(`It must be at most ${Number.MAX_SAFE_INTEGER}.`)
  }
  return units
}

/** Decimal digits alone, where `Number` would take blanks, hexadecimals and `Infinity`; NaN for anything else. */
function decimal(text: string): number {
  const figure = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(figure) ? figure : Number.NaN
}
