import { digest } from '../identity/digest.js'
import { placeOf } from '../partition/piece-names.js'
import { namePart } from '../policy/names.js'
import type { AccountKey } from '../port/claims.js'
import type { Command } from '../port/commands.js'
import type { Correction } from '../port/corrections.js'

const SKU_SCOPE = 'sku:'

/**
 * Which partition keeps what, in a store that has several: accounts go by their SKU; limits and guards of one SKU lie
 * beside its units; those that reach further, and strikes, go by their own name; orders in pieces by their buyer.
 *
 * A spread SKU has an account, a bucket, in every partition. Its orders go by their buyer, and its limits and guards by
 * their subject: those by user lie beside the units that this user is given.
 */
export class Layout {
  private readonly spreadScopes: ReadonlySet<string>

  constructor(
    /** Sorted. */
    readonly partitions: readonly string[],
    spread: readonly string[] = [],
  ) {
    this.spreadScopes = new Set(spread.map(scopeOf))
  }

  /** The usual names of so many partitions. */
  static names(count: number): readonly string[] {
    return Array.from({ length: count }, (_, index) => `p${String(index).padStart(3, '0')}`)
  }

  /** Sorted, each once. */
  of(command: Command): readonly string[] {
    switch (command.kind) {
      case 'reserve': {
        const { claims, guards, risk, home } = command
        const found = new Set(claims.units.map(({ account }) => this.ofUnits(account, home)))
        for (const { counter } of claims.uses) found.add(this.ofScoped(counter))
        for (const { name } of guards) found.add(this.ofScoped(name))
        if (risk !== null) found.add(this.ofName(risk.strikes))
        return found.size === 0 ? [this.ofHome(command.home)] : [...found].sort()
      }
      case 'supply':
      case 'configure':
      case 'fill':
        return this.bucketsOf(command.account)
      case 'transfer':
        return this.bucketsOf(command.from)
      case 'judge':
        return [this.ofName(command.strikes)]
      case 'correct':
        return [this.ofCorrection(command.correction)]
      case 'sweep':
        return this.partitions
      default:
        return [this.ofHome(command.home)]
    }
  }

  private ofCorrection(correction: Correction): string {
    switch (correction.of) {
      case 'account':
        return this.bucketsOf(correction.account)[0] as string
      case 'counter':
        return this.ofScoped(correction.counter)
      case 'guard':
        return this.ofScoped(correction.guard)
    }
  }

  /** Every partition, where the SKU is spread. */
  private bucketsOf({ sku }: AccountKey): readonly string[] {
    const scope = scopeOf(sku)
    return this.spreadScopes.has(scope) ? this.partitions : [this.ofName(scope)]
  }

  private ofUnits({ sku }: AccountKey, home: string): string {
    const scope = scopeOf(sku)
    return this.ofName(this.spreadScopes.has(scope) ? lastPart(home) : scope)
  }

  /** Names end in their scope and their subject. */
  private ofScoped(name: string): string {
    const scope = name.split('/').at(-2)
    if (!scope?.startsWith(SKU_SCOPE)) return this.ofName(name)
    return this.ofName(this.spreadScopes.has(scope) ? lastPart(name) : scope)
  }

  private ofHome(home: string): string {
    const place = placeOf(home)
    return place !== null && this.partitions.includes(place.partition) ? place.partition : this.ofName(home)
  }

  private ofName(name: string): string {
    const { partitions } = this
    return partitions[Buffer.from(digest(name)).readUInt32LE(0) % partitions.length] as string
  }
}

function scopeOf(sku: string): string {
  return SKU_SCOPE + namePart(sku)
}

/** The buyer's digest of a home, which is the subject of what is counted by user. */
function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}
