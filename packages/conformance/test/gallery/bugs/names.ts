import type {
  AccountKey,
  KnownReservation,
  OpenGuard,
  ReservationEvent,
  StockAccountState,
  StrikeState,
} from '@holdfast/core/adapter'
import { bug, type PlantedBug } from '../planted-bug.js'
import { VariantPartition } from '../variant-store.js'

/** Looks everything up under what it makes of the name. */
class MisnamingPartition extends VariantPartition {
  constructor(private readonly made: (name: string) => string) {
    super()
  }

  override account({ sku, pool }: AccountKey): StockAccountState | undefined {
    return super.account({ sku: this.made(sku), pool: this.made(pool) })
  }
  override createAccount({ sku, pool }: AccountKey): StockAccountState {
    return super.createAccount({ sku: this.made(sku), pool: this.made(pool) })
  }
  override reservation(id: string): KnownReservation | undefined {
    return super.reservation(this.made(id))
  }
  override putReservation(id: string, state: KnownReservation, event: ReservationEvent): void {
    super.putReservation(this.made(id), state, event)
  }
  override counter(name: string) {
    return super.counter(this.made(name))
  }
  override counterToChange(name: string) {
    return super.counterToChange(this.made(name))
  }
  override guard(name: string): OpenGuard | undefined {
    return super.guard(this.made(name))
  }
  override putGuard(name: string, state: OpenGuard | undefined): void {
    super.putGuard(this.made(name), state)
  }
  override strikes(name: string): StrikeState | undefined {
    return super.strikes(this.made(name))
  }
  override putStrikes(name: string, state: StrikeState): void {
    super.putStrikes(this.made(name), state)
  }
}

function misnaming(how: string, which: string, made: (name: string) => string): PlantedBug {
  return bug(`names ${how}`, `ids: orders, buyers and limits with names ${which}`, () => ({
    partition: new MisnamingPartition(made),
  }))
}

/** Accounts whose SKU and pool are kept as one text. */
class JoiningPartition extends VariantPartition {
  override account(key: AccountKey): StockAccountState | undefined {
    for (const state of this.accounts.values())
      if (`${state.key.sku}:${state.key.pool}` === `${key.sku}:${key.pool}`) return state
    return undefined
  }
}

class MovementJoiningPartition extends VariantPartition {
  override movement({ pool }: AccountKey, movement: string): string | undefined {
    return this.movements.get(`${pool}/${movement}`)
  }
  override putMovement({ pool }: AccountKey, movement: string, data: string): void {
    this.movements.set(`${pool}/${movement}`, data)
  }
}

class CaselessMovements extends VariantPartition {
  override movement(key: AccountKey, movement: string): string | undefined {
    return super.movement(key, movement.toLowerCase())
  }
  override putMovement(key: AccountKey, movement: string, data: string): void {
    super.putMovement(key, movement.toLowerCase(), data)
  }
}

export const NAMES: readonly PlantedBug[] = [
  misnaming('are lower-cased', 'that differ only in case', (name) => name.toLowerCase()),
  misnaming('are trimmed', 'that differ only in blanks around them', (name) => name.trim()),
  misnaming('end at a NUL', 'that differ only beyond a NUL', (name) => name.split('\0')[0] ?? ''),
  misnaming('are normalised', 'that differ only in how an accent is composed', (name) =>
    name.normalize('NFC'),
  ),
  misnaming('are truncated', 'that differ only in their 128th unit', (name) => name.slice(0, 127)),
  misnaming('lose what 16 bits do not hold', 'of characters beyond 16 bits', (name) =>
    name.replace(/[\u{10000}-\u{10FFFF}]/gu, '?'),
  ),
  misnaming('are cut at a brace', 'of braces, colons and other delimiters', (name) =>
    name.replace(/^\{(.*?)\}.*$/, '$1'),
  ),
  misnaming('are unescaped', 'that mean something to a language', (name) => name.replace(/\\/g, '')),
  misnaming('that are numbers are taken as numbers', 'that look like numbers', (name) =>
    name.trim() !== '' && Number.isFinite(Number(name)) ? String(Number(name)) : name,
  ),
  misnaming('lose a byte order mark', 'at the ends of the alphabet', (name) => name.replace(/\uFEFF/g, '')),
  bug('SKU and pool are joined', 'ids: accounts whose SKU and pool read the same once joined', () => ({
    partition: new JoiningPartition(),
  })),
  bug(
    'pool and movement are joined',
    'ids: movements whose account and id read the same once joined',
    () => ({
      partition: new MovementJoiningPartition(),
    }),
  ),
  bug('movements are lower-cased', 'ids: movements and payments with names that differ only in case', () => ({
    partition: new CaselessMovements(),
  })),
]
