import { invalid } from '../input/parse.js'

/**
 * One page of the entries wanted, which keep their order. The cursor counts all entries passed, wanted or not, so that
 * none is missed where some cease to be wanted from page to page.
 *
 * @throws HoldfastError `invalid-argument` (`cursor`)
 */
export function pageOf<T>(
  all: Iterable<T>,
  query: { readonly cursor: string | null; readonly limit: number },
  isWanted: (entry: T) => boolean = () => true,
): { readonly entries: T[]; readonly cursor: string | null } {
  const from = positionIn(query.cursor)
  const entries: T[] = []
  let position = 0
  for (const entry of all) {
    if (position >= from && isWanted(entry)) {
      if (entries.length === query.limit) return { entries, cursor: String(position) }
      entries.push(entry)
    }
    position += 1
  }
  return { entries, cursor: null }
}

function positionIn(cursor: string | null): number {
  const position = cursor === null ? 0 : Number(cursor)
  if (Number.isSafeInteger(position) && position >= 0) return position
  throw invalid('cursor', 'is not one that this listing gave')
}
