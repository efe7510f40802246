import type { Listing, Page, Query, StrikeState } from '@holdfast/core/adapter'

/** Everything of a partition that decides what comes next, each list sorted by name. */
export type VisibleState = Pick<Page, 'accounts' | 'reservations' | 'counters' | 'guards' | 'strikes'>

type Read = (query: Query) => Promise<Page>

const PAGE = 500

/** Every entry of a listing, over as many pages as it takes. */
export async function readAll<Of extends Listing>(
  read: Read,
  of: Of,
  filter: {
    readonly limit?: number
    readonly account?: { sku: string; pool?: string }
    readonly fillable?: boolean
  } = {},
): Promise<Page[Of]> {
  const entries: unknown[] = []
  const { limit = PAGE, ...which } = filter
  let cursor: string | null = null
  do {
    const page: Page = await read({ kind: 'list', of, cursor, limit, ...which })
    entries.push(...page[of])
    cursor = page.cursor
  } while (cursor !== null)
  return entries as unknown as Page[Of]
}

/** All that a store shows, at the time that it is `now`. */
export async function readVisibleState(read: Read, now: number): Promise<VisibleState> {
  return visibleState(
    {
      accounts: await readAll(read, 'accounts'),
      reservations: await readAll(read, 'reservations'),
      counters: await readAll(read, 'counters'),
      guards: await readAll(read, 'guards'),
      strikes: await readAll(read, 'strikes'),
    },
    now,
  )
}

/**
 * The same state as every store may show it. Left out is what means nothing and what a store may drop when it likes:
 * counters at 0, guards that are due but whose hold was not met yet, strikes and tags that have lapsed.
 */
export function visibleState(state: VisibleState, now: number): VisibleState {
  const live = new Set<string>()
  for (const { id, state: reservation } of state.reservations) {
    if (reservation.status === 'held' || reservation.status === 'deferred') live.add(id)
  }
  const { accounts, reservations, counters, guards } = state
  const strikes = state.strikes.map(({ name, state: record }) => ({ name, state: strikesAt(record, now) }))
  return {
    accounts: sorted(accounts, ({ key }) => JSON.stringify([key.sku, key.pool])),
    reservations: sorted(reservations, ({ id }) => id),
    counters: sorted(
      counters.filter(({ used, archived }) => used !== 0 || archived !== 0),
      ({ name }) => name,
    ),
    guards: sorted(
      guards.filter(
        ({ state: guard }) => guard.status === 'open' && (now < guard.expiresAt || !live.has(guard.id)),
      ),
      ({ name }) => name,
    ),
    strikes: sorted(
      strikes.filter(({ state: { count, tag } }) => count !== 0 || tag !== null),
      ({ name }) => name,
    ),
  }
}

function strikesAt({ count, until, tag }: StrikeState, now: number): StrikeState {
  const counts = now < until
  const tagged = tag !== null && (tag.until === null || now < tag.until)
  return { count: counts ? count : 0, until: counts ? until : 0, tag: tagged ? tag : null }
}

function sorted<T>(entries: readonly T[], nameOf: (entry: T) => string): readonly T[] {
  return [...entries].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
}
