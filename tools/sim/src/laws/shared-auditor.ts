import { isDeepStrictEqual } from 'node:util'
import type {
  AccountKey,
  Applied,
  Command,
  KeyQuery,
  Page,
  ReservationEntry,
  ReservationState,
} from '@holdfast/core/adapter'
import { every, type Read } from './every.js'
import { checkFigures } from './figures.js'
import { law } from './law-broken.js'

/** Ids of pieces are longer than any id of a shop. */
const LONGEST_ID = 128

/**
 * Checks one of several partitions. Orders lie here in pieces that their homes decide about, so that no batch can be
 * judged by itself: after each, figures and grants are checked; the rest is the audit's, and that of the store at rest.
 */
export class SharedAuditor {
  private readonly accounts = new Map<string, Page['accounts'][number]>()

  constructor(private readonly read: Read) {}

  get size(): number {
    return 0
  }

  reservation(_id: string): ReservationState {
    return { status: 'absent' }
  }

  account(key: AccountKey): Page['accounts'][number] | undefined {
    return this.accounts.get(nameOf(key))
  }

  /** @throws LawBroken */
  async applied(
    commands: readonly Command[],
    { outcomes }: Extract<Applied, { kind: 'applied' }>,
  ): Promise<readonly string[]> {
    const accounts = commands.flatMap(accountsOf).filter(({ sku }) => sku !== '')
    const granted = commands.filter((_, index) => outcomes[index]?.kind === 'granted')
    const uses = granted.flatMap((command) => (command.kind === 'reserve' ? command.claims.uses : []))
    const counters = uses.flatMap(({ counter, prior }) => [counter, ...prior])
    const page = await this.read({ ...NO_KEYS, accounts, counters })
    for (const account of page.accounts) this.note(account)
    const used = new Map(page.counters.map((one) => [one.name, one.used]))
    // Seen after the whole batch, in which a payment that came late may stand under the maximum of its time.
    const most = new Map<string, number>()
    for (const { counter, max } of uses) most.set(counter, Math.max(max, most.get(counter) ?? max))
    for (const { counter, prior, lines } of uses) {
      const max = most.get(counter) ?? 0
      const sum = [counter, ...prior].reduce((total, name) => total + (used.get(name) ?? 0), 0)
      law('L3 no grant takes a counter above its max', lines.length === 0 || sum <= max, () => ({
        counter,
        sum,
        max,
      }))
    }
    return []
  }

  async compareAll(): Promise<void> {
    for (const account of await every(this.read, 'accounts')) this.note(account)
  }

  private note(account: Page['accounts'][number]): void {
    checkFigures(account)
    this.accounts.set(nameOf(account.key), account)
  }
}

/** Across all partitions, orders as wholes: at most one open, unpaid order per slot. @throws LawBroken */
export function checkSlots(reservations: readonly ReservationEntry[], now: number): void {
  const holders = new Map<string, string>()
  for (const { id, state } of reservations) {
    if (state.status !== 'held' && state.status !== 'deferred') continue
    if (id.length > LONGEST_ID || now >= state.expiresAt) continue
    for (const name of state.guards) {
      const other = holders.get(name)
      law('L4 at most one open, unpaid order per slot', other === undefined, () => ({ name, id, other, now }))
      holders.set(name, id)
    }
  }
}

/**
 * At rest the pieces have come to what their orders say: accounts hold, sold and owe the sums of whole orders.
 *
 * @throws LawBroken
 */
export function checkWholes(
  reservations: readonly ReservationEntry[],
  accounts: readonly Page['accounts'][number][],
): void {
  const ordered = new Map<string, { reserved: number; sold: number; backordered: number }>()
  const known = new Set(reservations.map(({ id }) => id))
  for (const { id, state } of reservations) {
    if (state.status !== 'held' && state.status !== 'confirmed') continue
    // A paid order may be forgotten before its pieces are: then they stand for it.
    if (id.length > LONGEST_ID && (state.status === 'held' || known.has(orderOf(id)))) continue
    for (const { account, quantity, returned, owed } of state.lines) {
      const sums = ordered.get(nameOf(account)) ?? { ...NOTHING }
      ordered.set(nameOf(account), sums)
      sums[state.status === 'held' ? 'reserved' : 'sold'] += quantity - owed - returned
      sums.backordered += owed
    }
  }
  for (const { key, reserved, sold, backordered, archived } of summed(accounts)) {
    // An order and its pieces are not forgotten at one instant.
    if (archived > 0) continue
    const kept = { reserved, sold, backordered }
    const orders = ordered.get(nameOf(key)) ?? NOTHING
    const found = () => ({ key, kept, orders })
    law('at rest an account keeps what orders have', isDeepStrictEqual(kept, orders), found)
  }
}

/** Buckets of one account as one. */
function summed(accounts: readonly Page['accounts'][number][]) {
  const sums = new Map<string, Page['accounts'][number]>()
  for (const account of accounts) {
    const { reserved, sold, backordered, archived } = sums.get(nameOf(account.key)) ?? {
      ...NOTHING,
      archived: 0,
    }
    sums.set(nameOf(account.key), {
      ...account,
      reserved: account.reserved + reserved,
      sold: account.sold + sold,
      backordered: account.backordered + backordered,
      archived: account.archived + archived,
    })
  }
  return sums.values()
}

const NOTHING = { reserved: 0, sold: 0, backordered: 0 }

/** The id of a piece ends in its order's. */
function orderOf(piece: string): string {
  return (JSON.parse(piece) as readonly unknown[]).at(-1) as string
}

function accountsOf(command: Command): readonly AccountKey[] {
  switch (command.kind) {
    case 'reserve':
      return command.claims.units.map(({ account }) => account)
    case 'supply':
    case 'configure':
    case 'fill':
      return [command.account]
    case 'transfer':
      return [command.from, command.to]
    default:
      return []
  }
}

function nameOf({ sku, pool }: AccountKey): string {
  return JSON.stringify([sku, pool])
}

const NO_KEYS: KeyQuery = {
  kind: 'keys',
  accounts: [],
  reservations: [],
  counters: [],
  guards: [],
  strikes: [],
}
