import { digest } from '../identity/digest.js'

const NAME = /^(reconciled\/[^/]+)\/(\d+)$/

/** What the ids of all corrections of one account, counter or guard begin with. */
export function correctionsOf(of: 'account' | 'counter' | 'guard', name: string): string {
  return `reconciled/${digest(`${of}/${name}`)}`
}

/**
 * The next one's id. Whoever plans from a state in which the same corrections were made gives it the same id, so that
 * of several plans at once one alone counts.
 */
export function correctionId(of: string, number: number): string {
  return `${of}/${number}`
}

/** What a correction's id tells; `null` for any other id. */
export function numberOfCorrection(id: string): { readonly of: string; readonly number: number } | null {
  const [, of, number] = NAME.exec(id) ?? []
  return of === undefined ? null : { of, number: Number(number) }
}
