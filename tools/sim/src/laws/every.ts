import type { Listing, Page, Query } from '@holdfast/core/adapter'

export type Read = (query: Query) => Promise<Page>

const PAGE = 10_000

/** Every entry of a listing. */
export async function every<Of extends Listing>(read: Read, of: Of): Promise<Page[Of]> {
  const entries: unknown[] = []
  for (let cursor: string | null = null; ; ) {
    const page: Page = await read({ kind: 'list', of, cursor, limit: PAGE })
    entries.push(...page[of])
    if (page.cursor === null) return entries as unknown as Page[Of]
    cursor = page.cursor
  }
}
