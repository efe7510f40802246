import {
  type AccountKey,
  type Command,
  HoldfastError,
  type KnownReservation,
  type LimitState,
  type OpenGuard,
} from '@holdfast/core/adapter'
import type { ReferencePartition } from '../../../src/reference/reference-partition.js'
import { bug, type PlantedBug } from '../planted-bug.js'
import { type Variant, VariantPartition } from '../variant-store.js'

type Kind = Command['kind']
type Read = 'reservation' | 'counter' | 'guard' | 'movement' | 'owed'

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function isOf(kinds: readonly Kind[]) {
  return (commands: readonly Command[]) => commands.some(({ kind }) => kinds.includes(kind))
}

/** Reads some things as they were when the call arrived, and writes them now. */
class StaleReads extends VariantPartition {
  stale: ReferencePartition | null = null

  constructor(private readonly reads: readonly Read[]) {
    super()
  }

  override reservation(id: string): KnownReservation | undefined {
    return this.reads.includes('reservation') && this.stale
      ? this.stale.reservation(id)
      : super.reservation(id)
  }
  override due(now: number, most: number): readonly string[] {
    return this.reads.includes('reservation') && this.stale ? this.stale.due(now, most) : super.due(now, most)
  }
  override counter(name: string): LimitState | undefined {
    return this.reads.includes('counter') && this.stale ? this.stale.counter(name) : super.counter(name)
  }
  override guard(name: string): OpenGuard | undefined {
    return this.reads.includes('guard') && this.stale ? this.stale.guard(name) : super.guard(name)
  }
  override movement(key: AccountKey, movement: string): string | undefined {
    return this.reads.includes('movement') && this.stale
      ? this.stale.movement(key, movement)
      : super.movement(key, movement)
  }
  override owed(key: AccountKey, most: number): readonly string[] {
    return this.reads.includes('owed') && this.stale ? this.stale.owed(key, most) : super.owed(key, most)
  }
}

/** Commands of these kinds check what they read before they wait for their turn, and write after it. */
function checksBeforeItsTurn(kinds: readonly Kind[], ...reads: readonly Read[]): Variant {
  const partition = new StaleReads(reads)
  return {
    partition,
    arrived: async (commands) => {
      const stale = isOf(kinds)(commands) ? partition.copy() : null
      await turn()
      return () => {
        partition.stale = stale
      }
    },
  }
}

/** Commands of these kinds write back what they had read before they waited for their turn. */
function losesUpdates(
  kinds: readonly Kind[],
  writeBack: (live: VariantPartition, stale: ReferencePartition, commands: readonly Command[]) => void,
): Variant {
  return {
    arrived: async (commands, { partition }) => {
      if (!isOf(kinds)(commands)) return () => {}
      const stale = partition.copy()
      await turn()
      return () => writeBack(partition, stale, commands)
    },
  }
}

function accountsBack(which: (key: AccountKey) => boolean = () => true) {
  return (live: VariantPartition, stale: ReferencePartition) => {
    for (const [name, { key, available, reserved, sold }] of stale.accounts)
      if (which(key)) Object.assign(live.accounts.get(name) ?? {}, { available, reserved, sold })
  }
}

/** Counts down, looks whether that was too much, and counts up again: what is between can be read. */
function takesBeforeItAsks(): Variant {
  return {
    arrived: async ([command], { partition }) => {
      if (command?.kind !== 'reserve') return () => {}
      const taken = command.claims.units.flatMap(({ account, quantity }) => {
        const state = partition.account(account)
        return state === undefined ? [] : [{ state, quantity }]
      })
      for (const { state, quantity } of taken) state.available -= quantity
      await turn()
      return () => {
        for (const { state, quantity } of taken) state.available += quantity
      }
    },
  }
}

/** Locks the lines of an order in the order in which they were written. */
function deadlocks(): Variant {
  const locked = new Set<string>()
  return {
    arrived: async ([command]) => {
      const units = command?.kind === 'reserve' ? command.claims.units : []
      const [first, second] = units.map(({ account }) => JSON.stringify(account))
      if (first === undefined || second === undefined) return () => {}
      if (locked.has(second)) throw new HoldfastError('store-failed', 'deadlock detected')
      locked.add(first)
      await turn()
      locked.delete(first)
      return () => {}
    },
  }
}

function raced(name: string, race: string, variant: () => Variant): PlantedBug {
  return bug(name, `races: ${race}`, variant)
}

/** Wrong only when calls overlap. */
export const CONCURRENT: readonly PlantedBug[] = [
  raced('counters are written back whole', 'twelve buyers race for three units', () =>
    losesUpdates(['reserve'], accountsBack()),
  ),
  raced('limits are checked before the lock', 'ten orders of one buyer race for a limit of two', () =>
    checksBeforeItsTurn(['reserve'], 'counter'),
  ),
  raced('guards are checked before the lock', 'ten orders of one buyer race for one unpaid-order guard', () =>
    checksBeforeItsTurn(['reserve'], 'guard'),
  ),
  raced('ids are checked before the lock', 'ten calls race with one id', () =>
    checksBeforeItsTurn(['reserve'], 'reservation'),
  ),
  raced('movements are checked before the lock', 'ten deliveries of one movement race', () =>
    checksBeforeItsTurn(['supply'], 'movement'),
  ),
  raced(
    'payments are checked before the lock',
    'six deliveries of one payment race with two of another',
    () => checksBeforeItsTurn(['confirm'], 'reservation'),
  ),
  raced('sweeps find the same holds', 'sweeps race over the same holds', () =>
    checksBeforeItsTurn(['sweep'], 'reservation'),
  ),
  raced('strikes are written back whole', 'cancels race, and each is a strike', () =>
    losesUpdates(['release'], (live, stale) => {
      live.strikeRecords.clear()
      for (const [name, state] of stale.strikeRecords) live.strikeRecords.set(name, state)
    }),
  ),
  raced('a cancel does not see the payment', 'payment, cancel and extension race on a live hold', () =>
    checksBeforeItsTurn(['release', 'extend'], 'reservation'),
  ),
  raced('a payment does not see the sweep', 'payment, cancel and sweeps race on an overdue hold', () =>
    checksBeforeItsTurn(['confirm', 'release'], 'reservation'),
  ),
  raced('an undo does not see the do', 'undo and do race', () =>
    checksBeforeItsTurn(['release'], 'reservation'),
  ),
  raced('late payments take the same unit', 'late payments race for the last unit', () =>
    losesUpdates(['confirm'], accountsBack()),
  ),
  raced('uses are written back whole', 'buyers race who cancel and come again', () =>
    losesUpdates(['release'], (live, stale) => {
      for (const [name, { used }] of stale.counters) live.counterToChange(name).used = used
    }),
  ),
  {
    ...raced('lines are locked as they come', 'orders of two lines race in opposite order', deadlocks),
    throws: 'store-failed',
  },
  raced('one pool has no lock', 'buyers race on three accounts at once, ten on each', () =>
    losesUpdates(
      ['reserve'],
      accountsBack(({ pool }) => pool === 'eu'),
    ),
  ),
  raced('a transfer is two steps', 'transfers race with each other and with buyers', () =>
    losesUpdates(
      ['transfer'],
      accountsBack(({ pool }) => pool === 'eu'),
    ),
  ),
  raced('an adjustment writes what it read', 'adjusting down races with buyers', () =>
    losesUpdates(['supply'], accountsBack()),
  ),
  raced('settings are written back with the counters', 'closing a sale races with its buyers', () =>
    losesUpdates(['reserve'], (live, stale) => {
      for (const [name, { opensAt, closesAt, configVersion }] of stale.accounts)
        Object.assign(live.accounts.get(name) ?? {}, { opensAt, closesAt, configVersion })
    }),
  ),
  raced('fills serve the same order', 'fills race with newcomers and with cancels', () =>
    checksBeforeItsTurn(['fill'], 'reservation', 'owed'),
  ),
  raced('returns are checked before the lock', 'returns race with a rollback', () =>
    checksBeforeItsTurn(['return'], 'reservation', 'movement'),
  ),
  raced(
    'units are taken first, and given back if there were none',
    'whoever reads while buyers race sees no counter below zero, and no unit lost',
    () => takesBeforeItAsks(),
  ),
  bug('a shrink writes back the counters', 'generated races: generated races are linearizable', () =>
    losesUpdates(['shrink', 'extend', 'sweep'], accountsBack()),
  ),
]
