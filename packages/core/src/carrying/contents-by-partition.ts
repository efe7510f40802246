import type { KnownReservation } from '../machines/reservation/types.js'
import { isElsewhere, isPieceId } from '../partition/piece-names.js'
import type { AccountKey } from '../port/claims.js'
import type { Command } from '../port/commands.js'
import type { Correction } from '../port/corrections.js'
import type { Contents } from '../port/rebuilding.js'
import type { ReservationStore } from '../port/reservation-store.js'

type CommandOf = { readonly [Of in keyof Contents]: (one: Contents[Of][number]) => Command }

/** A command that touches what this is, and nothing else: it tells where it lies. */
const TOUCHING: CommandOf = {
  accounts: ({ key }) => ofAccount(key),
  reservations: ({ id, state }) => ofPiece(id, state) ?? ofOrder(id, state.home),
  counters: ({ name }) => ofCounter(name),
  guards: ({ name }) => ofGuard(name),
  strikes: ({ name }) => ofStrikes(name),
  movements: ({ account }) => ofAccount(account),
  owed: ({ account }) => ofAccount(account),
  homes: ({ id, home }) => ofOrder(id, home),
}

/** What a piece claims lies in one partition; its home is its order's, elsewhere. */
function ofPiece(id: string, state: KnownReservation): Command | null {
  if (!isPieceId(id) || state.status === 'tombstoned') return null
  const line = state.lines.find(({ account }) => !isElsewhere(account))
  if (line !== undefined) return ofAccount(line.account)
  const [use] = state.uses
  if (use !== undefined) return ofCounter(use.counter)
  const [guard] = state.guards
  if (guard !== undefined) return ofGuard(guard)
  return state.strike === null ? null : ofStrikes(state.strike.strikes)
}

function ofOrder(id: string, home: string): Command {
  return { kind: 'extend', id, home, holdMs: 0 }
}

export function ofAccount(account: AccountKey): Command {
  return { kind: 'fill', account, limit: 1 }
}

export function ofCounter(counter: string): Command {
  return corrected({ of: 'counter', counter, used: 0 })
}

export function ofGuard(guard: string): Command {
  return corrected({ of: 'guard', guard, found: null, order: null })
}

function ofStrikes(strikes: string): Command {
  return { kind: 'judge', home: '', strikes, prior: [], tag: undefined, forgive: false }
}

const KINDS = Object.keys(TOUCHING) as (keyof Contents)[]

/** What each partition of a store has of a part; those that have nothing of it are left out. */
export function byPartition(
  store: Pick<ReservationStore, 'partitionsOf'>,
  part: Contents,
): ReadonlyMap<string, Contents> {
  const divided = new Map<string, { [Of in keyof Contents]: unknown[] }>()
  for (const kind of KINDS) {
    const touching = TOUCHING[kind] as (one: unknown) => Command
    for (const one of part[kind]) {
      const [partition = ''] = store.partitionsOf(touching(one))
      let own = divided.get(partition)
      if (own === undefined) {
        own = nothing()
        divided.set(partition, own)
      }
      own[kind].push(one)
    }
  }
  return divided as ReadonlyMap<string, unknown> as ReadonlyMap<string, Contents>
}

function nothing() {
  return Object.fromEntries(KINDS.map((kind) => [kind, [] as unknown[]])) as {
    [Of in keyof Contents]: unknown[]
  }
}

function corrected(correction: Correction): Command {
  return { kind: 'correct', id: '', home: '', correction, notAfter: 0 }
}
