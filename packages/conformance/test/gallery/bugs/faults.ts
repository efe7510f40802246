import type { AccountKey, Command, KnownReservation, ReservationEvent } from '@holdfast/core/adapter'
import { bug, type PlantedBug } from '../planted-bug.js'
import { type Variant, VariantPartition, VariantStore } from '../variant-store.js'

type Counter = 'available' | 'reserved' | 'sold'

/** A repeated command of this kind, that the rules would answer with no change, changes the counters again. */
function again(kind: Command['kind'], by: Partial<Record<Counter, 1 | -1>>): Variant {
  return {
    after: (command, outcome, { partition }) => {
      if (command.kind !== kind || !('id' in command) || outcome.kind !== 'already') return undefined
      const known = partition.reservation(command.id)
      if (known === undefined || known.status === 'tombstoned') return undefined
      for (const { account } of known.lines) {
        const counters = partition.account(account)
        for (const [name, sign] of Object.entries(by)) if (counters) counters[name as Counter] += sign
      }
      return undefined
    },
  }
}

function lost(name: string, call: string, variant: () => Variant): PlantedBug {
  return bug(
    name,
    `lost and duplicated calls: the answer to ${call} is lost: its retry is answered, and changes nothing more`,
    variant,
  )
}

class ForgetsSome extends VariantPartition {
  constructor(private readonly forgets: (data: string) => boolean) {
    super()
  }
  override putMovement(key: AccountKey, movement: string, data: string): void {
    if (!this.forgets(data)) super.putMovement(key, movement, data)
  }
}

/** Each client knows only the ids that it granted itself. */
const MARKERS_PER_CLIENT: PlantedBug = {
  name: 'each client knows its own ids only',
  caughtBy: 'clients: clients that take turns are one store',
  open: (clock) => {
    const variant = (): Variant => {
      const mine = new Set<string>()
      return {
        rewrite: (command, { partition }) => {
          if (command.kind === 'reserve' && !mine.has(command.id)) partition.reservations.delete(command.id)
          if ('id' in command) mine.add(command.id)
          return command
        },
      }
    }
    const store = new VariantStore(clock, variant())
    return { store, clients: [new VariantStore(clock, variant(), store)], close: () => store.close() }
  },
}

/** Each client reads out of what it had read before. */
const STALE_READS: PlantedBug = {
  name: 'a client reads what it had read before',
  caughtBy: 'clients: what one client wrote, every other one reads at once',
  open: (clock) => {
    const cached = (): Variant => {
      let last: VariantStore['partition']['accounts'] | null = null
      return {
        shown: (page, query, { partition }) => {
          if (query.kind !== 'keys') return page
          const before = last ?? partition.copy().accounts
          last = partition.copy().accounts
          return {
            ...page,
            accounts: query.accounts.flatMap((key) => before.get(JSON.stringify([key.sku, key.pool])) ?? []),
          }
        },
      }
    }
    const store = new VariantStore(clock)
    return { store, clients: [new VariantStore(clock, cached(), store)], close: () => store.close() }
  },
}

/** Finds holds by the deadline that they were granted with. */
class FirstDeadlines extends VariantPartition {
  private readonly granted = new Map<string, number>()

  override putReservation(id: string, state: KnownReservation, event: ReservationEvent): void {
    if (event.type === 'granted') this.granted.set(id, event.expiresAt)
    super.putReservation(id, state, event)
  }

  override due(now: number): readonly string[] {
    for (const [id, deadline] of this.granted) {
      const state = this.reservations.get(id)
      if (state?.status === 'held' && deadline <= now)
        this.reservations.set(id, { ...state, expiresAt: deadline })
    }
    return super.due(now, Number.MAX_SAFE_INTEGER)
  }
}

const LOST: readonly PlantedBug[] = [
  lost('a repeated payment is counted again', 'a payment', () => again('confirm', { reserved: -1, sold: 1 })),
  lost('a repeated late payment takes again', 'a late payment', () =>
    again('confirm', { available: -1, sold: 1 }),
  ),
  lost('a repeated cancel is another strike', "a buyer's cancel", () => ({
    after: (command, outcome, { partition }) => {
      const known = command.kind === 'release' ? partition.reservation(command.id) : undefined
      if (outcome.kind !== 'already' || known?.status !== 'released' || known.strike === null)
        return undefined
      const { strikes } = known.strike
      const record = partition.strikes(strikes)
      if (record !== undefined) partition.putStrikes(strikes, { ...record, count: record.count + 1 })
      return undefined
    },
  })),
  lost('a repeated rollback gives back again', 'a rollback', () =>
    again('release', { available: 1, sold: -1 }),
  ),
  lost('a repeated undo makes another tombstone', 'an undo before do', () => ({
    rewrite: (command, { partition }) => {
      if (command.kind === 'release' && partition.reservation(command.id)?.status === 'tombstoned')
        partition.reservations.delete(command.id)
      return command
    },
  })),
  lost('a repeated extension extends further', 'an extension', () => ({
    rewrite: (command, { partition }) => {
      const known = command.kind === 'extend' ? partition.reservation(command.id) : undefined
      const isRepeated = known?.status === 'held' && known.version > 1
      return command.kind === 'extend' && isRepeated
        ? { ...command, holdMs: command.holdMs + 60_000 }
        : command
    },
  })),
  lost('a repeated shrink shrinks further', 'a shrink', () => ({
    rewrite: (command, { partition }) => {
      const known = command.kind === 'shrink' ? partition.reservation(command.id) : undefined
      return command.kind === 'shrink' && known !== undefined && known.version > 1
        ? { ...command, keep: [] }
        : command
    },
  })),
  lost('a restock has no marker', 'a restock', () => ({
    partition: new ForgetsSome((data) => data.startsWith('["supply",5')),
  })),
  lost('an adjustment has no marker', 'an adjustment', () => ({
    partition: new ForgetsSome((data) => data.startsWith('["supply",-')),
  })),
  lost('a transfer has no marker', 'a transfer', () => ({
    partition: new ForgetsSome((data) => data.startsWith('["transfer"')),
  })),
  lost('a return has no marker', 'a return', () => ({
    partition: new ForgetsSome((data) => data.startsWith('["return"')),
  })),
  lost('a repeated configuration is stale', 'a configuration', () => ({
    answer: (command, { partition }) => {
      const version =
        command.kind === 'configure' ? (partition.account(command.account)?.configVersion ?? 0) : 0
      return command.kind === 'configure' && version >= command.version
        ? { kind: 'stale-version', version }
        : null
    },
  })),
  lost('a repeated judgement is taken back', 'a judgement', () => ({
    rewrite: (command, { partition }) =>
      command.kind === 'judge' && partition.strikes(command.strikes) !== undefined
        ? { ...command, tag: null }
        : command,
  })),
  lost('a refused reserve leaves its guard behind', 'a reserve that was refused', () => ({
    after: (command, outcome, { partition }) => {
      if (command.kind === 'reserve' && outcome.kind === 'insufficient-stock')
        for (const { name } of command.guards)
          partition.putGuard(name, { status: 'open', id: command.id, expiresAt: Number.MAX_SAFE_INTEGER })
      return undefined
    },
  })),
]

const DELAYED: readonly PlantedBug[] = [
  bug(
    'a sweep goes by the first deadline',
    'delayed calls: a sweep that arrives after an extension leaves the hold alone',
    () => ({
      partition: new FirstDeadlines(),
    }),
  ),
  bug(
    'any other version is a new one',
    'delayed calls: an older configuration that arrives after a newer one is stale',
    () => ({
      rewrite: (command, { partition }) => {
        const account = command.kind === 'configure' ? partition.account(command.account) : undefined
        if (account !== undefined && command.kind === 'configure')
          account.configVersion = Math.min(account.configVersion, command.version - 1)
        return command
      },
    }),
  ),
  bug(
    'a cancel undoes the payment',
    'delayed calls: a cancel that arrives after the payment leaves it paid',
    () => ({
      rewrite: (command, { partition }) =>
        command.kind === 'release' && partition.reservation(command.id)?.status === 'confirmed'
          ? { ...command, cause: 'rollback' }
          : command,
    }),
  ),
  bug(
    'a tombstone lasts one call',
    'delayed calls: a reserve that arrives after its undo is refused',
    () => ({
      rewrite: (command, { partition }) => {
        if (command.kind === 'reserve' && partition.reservation(command.id)?.status === 'tombstoned')
          partition.reservations.delete(command.id)
        return command
      },
    }),
  ),
  bug(
    'an ended order is forgotten',
    'delayed calls: a reserve that was retried with success, and arrives after that order ended, is a replay',
    () => ({
      rewrite: (command, { partition }) => {
        if (command.kind === 'reserve' && partition.reservation(command.id)?.status === 'released')
          partition.reservations.delete(command.id)
        return command
      },
    }),
  ),
  bug(
    'an extension revives an overdue hold',
    'delayed calls: an extension that arrives after the deadline revives nothing',
    () => ({
      rewrite: (command, { partition, clock }) => {
        const known = command.kind === 'extend' ? partition.reservation(command.id) : undefined
        if (command.kind === 'extend' && known?.status === 'held')
          partition.reservations.set(command.id, {
            ...known,
            expiresAt: Math.max(known.expiresAt, clock.now() + 1),
          })
        return command
      },
    }),
  ),
]

/** Wrong only when an answer is lost, a call comes late, or another client asks. */
export const FAULTS: readonly PlantedBug[] = [MARKERS_PER_CLIENT, STALE_READS, ...LOST, ...DELAYED]
