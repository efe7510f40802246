/** One page of entries that keep their order; the cursor counts those passed. */
export function pageOf<T>(
  all: Iterable<T>,
  query: { readonly cursor: string | null; readonly limit: number },
): { readonly entries: T[]; readonly cursor: string | null } {
  const from = query.cursor === null ? 0 : Number(query.cursor)
  const entries: T[] = []
  let position = 0
  for (const entry of all) {
    if (entries.length === query.limit) return { entries, cursor: String(position) }
    if (position >= from) entries.push(entry)
    position += 1
  }
  return { entries, cursor: null }
}
