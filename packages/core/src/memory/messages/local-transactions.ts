import type { LocalTransactions } from '../../port/half-message-store.js'
import { type StoreClock, machineClock } from '../clock.js'
import { MemoryTransaction } from './transaction.js'

interface Mark {
  readonly status: 'committed' | 'rolled-back'
  readonly at: number
}

/** Marks in a map. */
export class MemoryLocalTransactions implements LocalTransactions<MemoryTransaction> {
  private readonly marks = new Map<string, Mark>()

  constructor(private readonly clock: StoreClock = machineClock()) {}

  async run<T>(id: string, work: (transaction: MemoryTransaction) => Promise<T>) {
    const before = this.endOf(id)
    if (before !== null) return before
    const transaction = new MemoryTransaction()
    const value = await work(transaction)
    // While it worked, a check may have left a tombstone, or the same transaction may have committed elsewhere.
    const meanwhile = this.endOf(id)
    if (meanwhile !== null) return meanwhile
    this.marks.set(id, { status: 'committed', at: this.clock.now() })
    transaction.commit()
    return { kind: 'committed' as const, value }
  }

  async check(id: string): Promise<'committed' | 'rolled-back'> {
    const mark = this.marks.get(id) ?? { status: 'rolled-back' as const, at: this.clock.now() }
    this.marks.set(id, mark)
    return mark.status
  }

  async forget(retentionMs: number, limit: number): Promise<number> {
    const before = this.clock.now() - retentionMs
    const old = [...this.marks].filter(([, { at }]) => at < before).slice(0, limit)
    for (const [id] of old) this.marks.delete(id)
    return old.length
  }

  private endOf(id: string): { readonly kind: 'already' | 'tombstoned' } | null {
    const mark = this.marks.get(id)
    if (mark === undefined) return null
    return { kind: mark.status === 'committed' ? 'already' : 'tombstoned' }
  }
}
