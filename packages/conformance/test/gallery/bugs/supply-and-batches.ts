import type { AccountKey, Command, Outcome, StockAccountState } from '@holdfast/core/adapter'
import { bug, type PlantedBug } from '../planted-bug.js'
import { VariantPartition } from '../variant-store.js'

const REFUSED: ReadonlySet<Outcome['kind']> = new Set(['insufficient-stock', 'account-unknown', 'unknown-id'])

class ForgetsMovements extends VariantPartition {
  override putMovement(): void {}
}

class CutsMovements extends VariantPartition {
  override movement(key: AccountKey, movement: string): string | undefined {
    return super.movement(key, movement.slice(0, 128))
  }
  override putMovement(key: AccountKey, movement: string, data: string): void {
    super.putMovement(key, movement.slice(0, 128), data)
  }
}

class ForgetsWhatCreated extends VariantPartition {
  private isNew = false
  override createAccount(key: AccountKey): StockAccountState {
    this.isNew = true
    return super.createAccount(key)
  }
  override putMovement(key: AccountKey, movement: string, data: string): void {
    if (!this.isNew) super.putMovement(key, movement, data)
    this.isNew = false
  }
}

class OneMovementSpace extends VariantPartition {
  override movement({ sku }: AccountKey, movement: string): string | undefined {
    return this.movements.get(JSON.stringify([sku, movement]))
  }
  override putMovement({ sku }: AccountKey, movement: string, data: string): void {
    this.movements.set(JSON.stringify([sku, movement]), data)
  }
}

class NewestFirst extends VariantPartition {
  override owed(key: AccountKey, most: number): readonly string[] {
    return [...super.owed(key, Number.MAX_SAFE_INTEGER)].reverse().slice(0, most)
  }
}

class UnboundedFill extends VariantPartition {
  override owed(key: AccountKey): readonly string[] {
    return super.owed(key, Number.MAX_SAFE_INTEGER)
  }
}

/** Those owed units, in the order of their grants. */
class OldestGrantFirst extends VariantPartition {
  override owed(key: AccountKey, most: number): readonly string[] {
    const owed = new Set(super.owed(key, Number.MAX_SAFE_INTEGER))
    return [...this.reservations.keys()].filter((id) => owed.has(id)).slice(0, most)
  }
}

function roundLargeCounts(accounts: Iterable<StockAccountState>): void {
  for (const account of accounts)
    for (const name of ['available', 'supplied'] as const)
      account[name] = Number(account[name].toPrecision(15))
}

/** The batch's commands answered out of what stood before it, however many there are. */
function seeingTheBeginning(): (command: Command) => Outcome | null {
  let granted: Outcome | null = null
  return (command) => {
    if (command.kind !== 'reserve') {
      granted = null
      return null
    }
    const before = granted
    granted = { kind: 'granted', stock: 'taken', owed: [], expiresAt: 0 }
    return before
  }
}

export const SUPPLY_AND_BATCHES: readonly PlantedBug[] = [
  bug(
    'the end of a long movement id is lost',
    'buckets: units that leave for another bucket lie beside the one they left until they are brought, each step once',
    () => ({ partition: new CutsMovements() }),
  ),
  bug(
    'the movement that creates an account is forgotten',
    'buckets: units come to a bucket once, and create it',
    () => ({ partition: new ForgetsWhatCreated() }),
  ),
  bug(
    'a movement that is repeated counts as a change',
    'buckets: the version of an account tells each batch that changed it, and no other',
    () => ({
      after(command, outcome, { partition }) {
        if (command.kind !== 'supply' || outcome.kind !== 'replayed-movement') return undefined
        const account = partition.account(command.account)
        if (account !== undefined) account.version += 1
        return undefined
      },
    }),
  ),
  bug('a movement is applied every time', 'supply and settings: a movement is applied once', () => ({
    partition: new ForgetsMovements(),
  })),
  bug(
    'a movement is known by its id alone',
    'supply and settings: a movement id with other data is refused',
    () => ({
      after: (command, outcome) =>
        command.kind === 'supply' && outcome.kind === 'id-reused' ? { kind: 'replayed-movement' } : undefined,
    }),
  ),
  bug(
    'accounts share their movement ids',
    'supply and settings: every account has movement ids of its own',
    () => ({
      partition: new OneMovementSpace(),
    }),
  ),
  bug(
    'movement and reservation ids are one',
    'supply and settings: movement ids are apart from reservation ids',
    () => ({
      answer: (command, { partition }) =>
        command.kind === 'reserve' &&
        [...partition.movements.keys()].some((key) => key.includes(`"${command.id}"`))
          ? { kind: 'id-reused', differs: ['lines'] }
          : null,
    }),
  ),
  bug(
    'adjusting down takes reserved units',
    'supply and settings: adjusting down takes what is available, and not one more',
    () => ({
      after: (command, outcome, { partition }) => {
        if (command.kind !== 'supply' || outcome.kind !== 'insufficient-stock') return undefined
        const account = partition.account(command.account)
        if (account !== undefined) account.available += command.delta
        return { kind: 'supplied', available: account?.available ?? 0 }
      },
    }),
  ),
  bug(
    'a restock of 0 does nothing',
    'supply and settings: a restock creates the account, one of 0 too',
    () => ({
      answer: (command) =>
        command.kind === 'supply' && command.delta === 0 ? { kind: 'supplied', available: 0 } : null,
    }),
  ),
  bug(
    'a transfer is credited twice',
    'supply and settings: a transfer moves units between pools, once',
    () => ({
      after: (command, outcome, { partition }) => {
        const to = command.kind === 'transfer' ? partition.account(command.to) : undefined
        if (outcome.kind === 'replayed-movement' && to !== undefined) to.available += 1
        return undefined
      },
    }),
  ),
  bug(
    'settings forget their version',
    'supply and settings: an older version is told which one stands',
    () => ({
      rewrite: (command, { partition }) =>
        command.kind === 'configure'
          ? { ...command, version: (partition.account(command.account)?.configVersion ?? 0) + 1 }
          : command,
    }),
  ),
  bug(
    'a return is counted every time',
    'supply and settings: a return puts units back into stock, once',
    () => ({
      rewrite: (command, { partition }) =>
        command.kind === 'return'
          ? { ...command, movement: `${command.movement} ${partition.movements.size}` }
          : command,
    }),
  ),
  bug(
    'what is written off goes back into stock',
    'supply and settings: a return that is written off leaves supply',
    () => ({
      rewrite: (command) => (command.kind === 'return' ? { ...command, restock: true } : command),
    }),
  ),
  bug('newcomers overtake who is owed', 'backorder: newcomers cannot overtake who is owed', () => ({
    after: (command, outcome, { partition }): Outcome | undefined => {
      if (command.kind !== 'reserve' || outcome.kind !== 'insufficient-stock') return undefined
      const [line] = command.claims.units
      const account = line && partition.account(line.account)
      if (account === undefined || line === undefined || account.available < line.quantity) return undefined
      account.available -= line.quantity
      account.reserved += line.quantity
      return { kind: 'granted', stock: 'taken', owed: [], expiresAt: 0 }
    },
  })),
  bug(
    'a fill begins with the newest',
    'backorder: a restock fills the oldest first, as far as it reaches',
    () => ({
      partition: new NewestFirst(),
    }),
  ),
  bug(
    'a fill has no bound',
    'backorder: a fill goes in bounded batches, and says when there is more',
    () => ({
      partition: new UnboundedFill(),
    }),
  ),
  bug(
    'who comes to be owed late keeps an old place',
    'backorder: who comes to be owed by a late payment goes to the end',
    () => ({ partition: new OldestGrantFirst() }),
  ),
  bug('a batch stops at its first refusal', 'batches: a refusal does not stop what comes after it', () => {
    let stopped: Outcome | null = null
    return {
      batch: (commands) => {
        stopped = null
        return commands
      },
      answer: () => stopped,
      after: (_command, outcome) => {
        if (REFUSED.has(outcome.kind)) stopped = outcome
        return undefined
      },
    }
  }),
  bug(
    'a batch is decided on what stood before it',
    'batches: the last units go to the first that ask',
    () => {
      const answer = seeingTheBeginning()
      return { answer: (command) => answer(command) }
    },
  ),
  bug('one id is asked once in a batch', 'batches: the same id twice: granted, then replayed', () => ({
    batch: (commands) => commands,
    ...remembering(),
  })),
  bug(
    'a large batch is cut',
    'batches: a batch of 1000 mixed commands is answered as the same commands one by one',
    () => ({
      batch: (commands) => commands.slice(0, 500),
    }),
  ),
  bug('large counts go through floating point', 'large numbers: odd counts near the end are exact', () => ({
    after: (_command, _outcome, { partition }) => {
      roundLargeCounts(partition.accounts.values())
      return undefined
    },
  })),
  bug(
    'an account may hold more than can be counted',
    'large numbers: an account holds 2^53 − 1 units, and one more is refused',
    () => ({
      after: (command, outcome, { partition }): Outcome | undefined => {
        const account = command.kind === 'supply' ? partition.account(command.account) : undefined
        if (outcome.kind !== 'overflow' || account === undefined || command.kind !== 'supply')
          return undefined
        account.available += command.delta
        return { kind: 'supplied', available: account.available }
      },
    }),
  ),
]

/** Answers a repeated id with what the batch answered it before. */
function remembering() {
  const answers = new Map<string, Outcome>()
  return {
    answer: (command: Command): Outcome | null =>
      command.kind === 'reserve' ? (answers.get(command.id) ?? null) : null,
    after: (command: Command, outcome: Outcome): undefined => {
      if (command.kind === 'reserve') answers.set(command.id, outcome)
      return undefined
    },
  }
}
