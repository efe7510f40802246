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
 */
export class Layout {
  readonly partitions: readonly string[]

  constructor(count: number) {
    this.partitions = Array.from({ length: count }, (_, index) => `p${String(index).padStart(3, '0')}`)
  }

  /** Sorted, each once. */
  of(command: Command): readonly string[] {
    switch (command.kind) {
      case 'reserve': {
        const { claims, guards, risk } = command
        const found = new Set(claims.units.map(({ account }) => this.ofAccount(account)))
        for (const { counter } of claims.uses) found.add(this.ofScoped(counter))
        for (const { name } of guards) found.add(this.ofScoped(name))
        if (risk !== null) found.add(this.ofName(risk.strikes))
        return found.size === 0 ? [this.ofHome(command.home)] : [...found].sort()
      }
      case 'supply':
      case 'configure':
      case 'fill':
        return [this.ofAccount(command.account)]
      case 'transfer':
        return [this.ofAccount(command.from)]
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
        return this.ofAccount(correction.account)
      case 'counter':
        return this.ofScoped(correction.counter)
      case 'guard':
        return this.ofScoped(correction.guard)
    }
  }

  private ofAccount({ sku }: AccountKey): string {
    return this.ofName(SKU_SCOPE + namePart(sku))
  }

  /** Names end in their scope and their subject. */
  private ofScoped(name: string): string {
    const scope = name.split('/').at(-2)
    return this.ofName(scope?.startsWith(SKU_SCOPE) ? scope : name)
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
