import { type Contents, NO_CONTENTS } from '@holdfast/core/adapter'
import type { OwedRow, Reader } from './dialects/dialect.js'
import { pageOf } from './pages.js'

const PAGE = 5_000
const LISTED = ['accounts', 'reservations', 'counters', 'guards', 'strikes'] as const

/** Tells all that a store keeps, page by page: what of it a fast store is made of. */
export async function tellContents(reader: Reader, take: (part: Contents) => Promise<void>): Promise<void> {
  for (const of of LISTED)
    for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
      const page = await reader.list((lists) => pageOf(lists, { kind: 'list', of, cursor, limit: PAGE }))
      // Of what is listed nothing is absent, and no guard free.
      await take({ ...NO_CONTENTS, [of]: page[of] })
      cursor = page.cursor
    }
  await tellMovements(reader, take)
  const owed = await allOwed(reader)
  await take({ ...NO_CONTENTS, owed: owed.map(({ account, id }) => ({ account, id })) })
}

async function tellMovements(reader: Reader, take: (part: Contents) => Promise<void>): Promise<void> {
  for (let last = { number: 0, movement: '' }; ; ) {
    const { number, movement } = last
    const page = await reader.list((lists) => lists.movements(number, movement, PAGE))
    const movements = page.map(({ account, movement: id, data }) => ({ account, movement: id, data }))
    await take({ ...NO_CONTENTS, movements })
    const end = page.at(-1)
    if (end === undefined || page.length < PAGE) return
    last = end
  }
}

/** In the order in which units came to be owed; they are few, or it would be a shop that sells what it has not. */
async function allOwed(reader: Reader): Promise<readonly OwedRow[]> {
  const owed: OwedRow[] = []
  for (let last = { number: 0, id: '' }; ; ) {
    const { number, id } = last
    const page = await reader.list((lists) => lists.owed(number, id, PAGE))
    for (const row of page) owed.push(row)
    const end = page.at(-1)
    if (end === undefined || page.length < PAGE) break
    last = end
  }
  return owed.sort((one, other) => one.position - other.position)
}
