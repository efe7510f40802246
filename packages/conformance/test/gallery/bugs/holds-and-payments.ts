import type { Command, KnownReservation, Outcome, StrikeState } from '@holdfast/core/adapter'
import { bug, type PlantedBug } from '../planted-bug.js'
import { VariantPartition, type VariantStore } from '../variant-store.js'

function knownBy(command: Command, { partition }: VariantStore): KnownReservation | undefined {
  return 'id' in command ? partition.reservation(command.id) : undefined
}

/** Moves units between the counters of a reservation's accounts, without a word in ledger or events. */
function move(
  known: KnownReservation | undefined,
  { partition }: VariantStore,
  by: Partial<Record<'available' | 'reserved' | 'sold', 1 | -1>>,
): void {
  if (known === undefined || known.status === 'tombstoned') return
  for (const { account, quantity } of known.lines) {
    const counters = partition.account(account)
    if (counters === undefined) continue
    for (const [name, sign] of Object.entries(by)) counters[name as 'available'] += sign * quantity
  }
}

class SweepsById extends VariantPartition {
  override due(now: number, most: number): readonly string[] {
    return [...super.due(now, Number.MAX_SAFE_INTEGER)].sort().slice(0, most)
  }
}

class KnowsPaidDeadlines extends VariantPartition {
  override nextDueAt(): number | null {
    const all = [...this.reservations.values()].flatMap((state) =>
      state.status === 'held'
        ? [state.expiresAt]
        : state.status === 'confirmed'
          ? [state.reservedAt + 120_000]
          : [],
    )
    return all.length === 0 ? null : Math.min(...all)
  }
}

class NeverStrikesTwice extends VariantPartition {
  override putStrikes(name: string, state: StrikeState): void {
    super.putStrikes(name, { ...state, count: Math.min(1, state.count) })
  }
}

export const HOLDS_AND_PAYMENTS: readonly PlantedBug[] = [
  bug('a release gives back twice', 'retries: undo twice: nothing comes back twice', () => ({
    after: (command, outcome, store) => {
      if (command.kind === 'release' && outcome.kind === 'already' && outcome.status === 'released')
        move(knownBy(command, store), store, { available: 1, reserved: -1 })
      return undefined
    },
  })),
  bug('a sweep expires what was paid', 'holds: a sweep leaves what was paid alone', () => ({
    after: (command, _outcome, store) => {
      if (command.kind !== 'sweep') return undefined
      for (const [id, state] of store.partition.reservations) {
        if (state.status !== 'confirmed') continue
        const { payment: _payment, late: _late, ...claims } = state
        store.partition.reservations.set(id, { ...claims, status: 'expired' })
        move(state, store, { available: 1, sold: -1 })
      }
      return undefined
    },
  })),
  bug(
    'a sweep goes by id',
    'holds: a sweep takes the longest due first, and those due together by id',
    () => ({
      partition: new SweepsById(),
    }),
  ),
  bug('a sweep counts on paid holds', 'holds: a sweep tells when the next hold is due', () => ({
    partition: new KnowsPaidDeadlines(),
  })),
  bug(
    'a shrink takes off instead of keeping',
    'retries: shrink is idempotent, and never grows again',
    () => ({
      rewrite: (command, store) => {
        const known = knownBy(command, store)
        if (command.kind !== 'shrink' || known?.status !== 'held') return command
        const [line] = known.lines
        const keep = command.keep.map((one) => ({
          ...one,
          quantity: Math.max(0, (line?.quantity ?? 0) - one.quantity),
        }))
        return { ...command, keep }
      },
    }),
  ),
  bug('units come from another pool', 'holds: the pools of one SKU are counted apart', () => ({
    after: (command, outcome, { partition }) => {
      if (command.kind !== 'reserve' || outcome.kind !== 'insufficient-stock') return undefined
      const [line] = command.claims.units
      const other = [...partition.accounts.values()].find(
        ({ key, available }) => key.sku === line?.account.sku && available >= line.quantity,
      )
      if (other === undefined) return undefined
      other.available -= 1
      other.reserved += 1
      return { kind: 'granted', stock: 'taken', owed: [], expiresAt: 0 }
    },
  })),
  bug(
    'the first lines are taken before a later one is refused',
    'holds: an order of several accounts is refused whole, and every short line is named',
    () => ({
      after: (command, outcome, { partition }) => {
        if (command.kind !== 'reserve' || outcome.kind !== 'insufficient-stock') return undefined
        for (const { account, quantity } of command.claims.units) {
          const counters = partition.account(account)
          if (counters === undefined || counters.available < quantity) continue
          counters.available -= quantity
          counters.reserved += quantity
        }
        return undefined
      },
    }),
  ),
  bug('only the first unknown account is named', 'holds: every unknown account of an order is named', () => ({
    after: (_command, outcome) =>
      outcome.kind === 'account-unknown' ? { ...outcome, accounts: outcome.accounts.slice(0, 1) } : undefined,
  })),
  bug('a late payment takes no units', 'payments: a late payment takes units and limits again', () => ({
    after: (command, outcome, store) => {
      if (outcome.kind === 'confirmed' && outcome.late)
        move(knownBy(command, store), store, { available: 1, sold: -1 })
      return undefined
    },
  })),
  bug(
    'a late payment opens the guard again',
    'payments: a late payment does not open the guard again',
    () => ({
      after: (command, outcome, store) => {
        const known = knownBy(command, store)
        if (outcome.kind === 'confirmed' && outcome.late && known?.status === 'confirmed')
          for (const name of known.guards)
            store.partition.putGuard(name, {
              status: 'open',
              id: (command as { id: string }).id,
              expiresAt: 2 ** 50,
            })
        return undefined
      },
    }),
  ),
  bug(
    'a payment revives a cancelled order',
    'payments: a payment after a cancel is to be refunded, however often it comes',
    () => ({ rewrite: asIfExpired('released') }),
  ),
  bug(
    'a payment that was to be refunded takes when units come',
    'payments: a late payment that finds the units sold is to be refunded, and never takes again',
    () => ({ rewrite: asIfExpired('refund-required') }),
  ),
  bug(
    'the second payment replaces the first',
    'payments: another payment for a paid order is to be refunded, and the paid order stands',
    () => ({
      after: (command, outcome, store) => {
        const known = knownBy(command, store)
        if (command.kind === 'confirm' && outcome.kind === 'refund-required' && known?.status === 'confirmed')
          store.partition.reservations.set(command.id, { ...known, payment: command.payment })
        return undefined
      },
    }),
  ),
  bug(
    'a duplicate payment is just repeated',
    'payments: a late payment delivered twice is counted once',
    () => ({
      after: (command, outcome, store) => {
        if (command.kind !== 'confirm' || outcome.kind !== 'already') return undefined
        const known = knownBy(command, store)
        move(known, store, { available: -1, sold: 1 })
        return undefined
      },
    }),
  ),
  bug(
    'a deferred order takes its units at once',
    'payments: a deferred order takes no unit until it is paid',
    () => ({
      rewrite: (command) => (command.kind === 'reserve' ? { ...command, stock: 'take' } : command),
    }),
  ),
  bug(
    'a deferred order is not asked for stock',
    'payments: a deferred order is refused at once if units are short at that moment',
    () => ({
      after: (command, outcome): Outcome | undefined =>
        command.kind === 'reserve' && command.stock === 'defer' && outcome.kind === 'insufficient-stock'
          ? { kind: 'granted', stock: 'deferred', owed: [], expiresAt: 0 }
          : undefined,
    }),
  ),
  bug(
    'a deferred order gives back units that it never took',
    'payments: releasing or sweeping a deferred order gives back no unit',
    () => ({
      after: (command, outcome, store, before) => {
        const known = command.kind === 'release' ? before.reservation(command.id) : undefined
        if (outcome.kind === 'released' && known?.status === 'deferred') move(known, store, { available: 1 })
        return undefined
      },
    }),
  ),
  bug('a paid order may be cancelled', 'payments: a paid order is released by a rollback alone', () => ({
    rewrite: (command, store) =>
      command.kind === 'release' && knownBy(command, store)?.status === 'confirmed'
        ? { ...command, cause: 'rollback' }
        : command,
  })),
  bug("a seller's cancel is a strike", "strikes and tags: a seller's cancel is no strike", () => ({
    rewrite: (command) => (command.kind === 'release' ? { ...command, cause: 'buyer' } : command),
  })),
  bug('an expiry is no strike', 'strikes and tags: an expiry is a strike, written in the same step', () => ({
    after: (command, _outcome, { partition }, before) => {
      if (command.kind === 'sweep')
        for (const name of partition.strikeRecords.keys())
          if (before.strikes(name) === undefined) partition.strikeRecords.delete(name)
      return undefined
    },
  })),
  bug(
    'strikes stop at one',
    'strikes and tags: strikes count up to a threshold: defer first, then refuse',
    () => ({
      partition: new NeverStrikesTwice(),
    }),
  ),
  bug(
    "the shop's tag is ignored",
    "strikes and tags: the shop's tag goes before strikes, in both directions",
    () => ({
      rewrite: (command) => (command.kind === 'judge' ? { ...command, tag: undefined } : command),
    }),
  ),
]

/** Lets a payment of an order in `status` find it expired. */
function asIfExpired(status: 'released' | 'refund-required') {
  return (command: Command, store: VariantStore): Command => {
    const known = knownBy(command, store)
    if (command.kind !== 'confirm' || known?.status !== status) return command
    store.partition.reservations.set(command.id, { ...known, status: 'expired' } as KnownReservation)
    return command
  }
}
