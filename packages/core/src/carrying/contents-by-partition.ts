import type { Command } from '../port/commands.js'
import type { Correction } from '../port/corrections.js'
import type { Contents } from '../port/rebuilding.js'
import type { ReservationStore } from '../port/reservation-store.js'

type CommandOf = { readonly [Of in keyof Contents]: (one: Contents[Of][number]) => Command }

/** A command that touches what this is, and nothing else: it tells where it lies. */
const TOUCHING: CommandOf = {
  accounts: ({ key }) => ({ kind: 'fill', account: key, limit: 1 }),
  reservations: ({ id, state: { home } }) => ({ kind: 'extend', id, home, holdMs: 0 }),
  counters: ({ name }) => corrected({ of: 'counter', counter: name, used: 0 }),
  guards: ({ name }) => corrected({ of: 'guard', guard: name, found: null, order: null }),
  strikes: ({ name }) => ({
    kind: 'judge',
    home: '',
    strikes: name,
    prior: [],
    tag: undefined,
    forgive: false,
  }),
  movements: ({ account }) => ({ kind: 'fill', account, limit: 1 }),
  owed: ({ account }) => ({ kind: 'fill', account, limit: 1 }),
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
