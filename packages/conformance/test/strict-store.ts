import { HoldfastError } from '@holdfast/core'
import type { AccountKey, Applied, Capabilities, Command, StoreClock } from '@holdfast/core/adapter'
import type { DeclaredCapabilities } from '../src/kit/options.js'
import { VariantStore } from './gallery/variant-store.js'

/** A right store that does only what it declares, and refuses to be asked more. */
export class StrictStore extends VariantStore {
  override readonly capabilities: Capabilities
  private readonly accounts = new Set<string>()
  private readonly isBucket: boolean

  constructor(clock: StoreClock, declared?: DeclaredCapabilities) {
    super(clock)
    const undeclared = { clients: false, restart: false, buckets: false }
    const { clients: _clients, restart: _restart, buckets, ...own } = { ...undeclared, ...declared }
    this.isBucket = buckets
    this.capabilities = { ...new VariantStore(clock).capabilities, ...own }
  }

  override async apply(partition: string, epoch: number | null, commands: readonly Command[]) {
    for (const command of commands) this.assertDeclared(command)
    return (await super.apply(partition, epoch, commands)) satisfies Applied
  }

  private assertDeclared(command: Command): void {
    const { backorder, returns, partitions } = this.capabilities
    if (!returns && command.kind === 'return') throw beyond('returns')
    if (!backorder && asksForBackorder(command)) throw beyond('backorder')
    for (const { sku, pool } of accountsOf(command)) {
      if (!this.isBucket && pool.length > 128) throw beyond('buckets')
      this.accounts.add(JSON.stringify([sku, pool]))
    }
    if (partitions === 'many' && this.accounts.size > 1) throw beyond('partitions')
  }
}

function beyond(capability: string): HoldfastError {
  return new HoldfastError('invalid-argument', `beyond what was declared: ${capability}`)
}

function asksForBackorder(command: Command): boolean {
  switch (command.kind) {
    case 'fill':
      return true
    case 'reserve':
      return command.claims.backorder
    case 'confirm':
      return command.retake?.backorder ?? false
    case 'configure':
      return command.backorderLimit > 0
    default:
      return false
  }
}

function accountsOf(command: Command): readonly AccountKey[] {
  switch (command.kind) {
    case 'reserve':
      return command.claims.units.map(({ account }) => account)
    case 'supply':
    case 'configure':
    case 'fill':
      return [command.account]
    case 'transfer':
      return [command.from, command.to]
    case 'return':
      return command.units.map(({ account }) => account)
    case 'shrink':
      return command.keep.map(({ account }) => account)
    case 'confirm':
      return command.retake?.units.map(({ account }) => account) ?? []
    default:
      return []
  }
}
