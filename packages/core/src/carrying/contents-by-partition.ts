import type { KnownReservation } from '../machines/reservation/types.js'
import { bucketNamed } from '../partition/bucket-names.js'
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
  if (line !== undefined) return ofUnits(line.account, state.home)
  const [use] = state.uses
  if (use !== undefined) return ofCounter(use.counter)
  const [guard] = state.guards
  if (guard !== undefined) return ofGuard(guard)
  return state.strike === null ? null : ofStrikes(state.strike.strikes)
}

function ofOrder(id: string, home: string): Command {
  return { kind: 'extend', id, home, holdMs: 0 }
}

function ofAccount(account: AccountKey): Command {
  return { kind: 'fill', account, limit: 1 }
}

/** Units that an order of this home is given. */
export function ofUnits(account: AccountKey, home: string): Command {
  const claims = { fingerprint: NOBODY, units: [{ account, quantity: 1 }], uses: [], backorder: false }
  const rest = { id: '', refuse: null, guards: [], risk: null, data: null, rows: null } as const
  return { kind: 'reserve', home, claims, ...rest, stock: 'take', notAfter: 0, holdMs: 1, maxHoldMs: 1 }
}

const NOBODY = { buyer: '', lines: '' }

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
    for (const kept of part[kind]) {
      const bucket = bucketOf(kept)
      const one = bucket === null ? kept : bucket.told
      const partition = bucket?.partition ?? store.partitionsOf(touching(one))[0] ?? ''
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

/** What is of an account that the ledger keeps under a bucket's name: where that is, and the same as it is called there. */
function bucketOf(kept: object): { readonly partition: string; readonly told: object } | null {
  if ('key' in kept) {
    const bucket = bucketNamed(kept.key as AccountKey)
    return bucket && { partition: bucket.partition, told: { ...kept, key: bucket.account } }
  }
  if (!('account' in kept)) return null
  const bucket = bucketNamed(kept.account as AccountKey)
  return bucket && { partition: bucket.partition, told: { ...kept, account: bucket.account } }
}

function nothing() {
  return Object.fromEntries(KINDS.map((kind) => [kind, [] as unknown[]])) as {
    [Of in keyof Contents]: unknown[]
  }
}

function corrected(correction: Correction): Command {
  return { kind: 'correct', id: '', home: '', correction, notAfter: 0 }
}
