import type { LocalTransactions } from '../../port/half-message-store.js'
import { machineClock, type StoreClock } from '../clock.js'
import { MemoryTransaction } from './transaction.js'

interface Mark {
  readonly status: 'committed' | 'rolled-back'
  readonly fingerprint: string
  readonly at: number
}

/** Marks in a map. */
export class MemoryLocalTransactions implements LocalTransactions<MemoryTransaction> {
  private readonly marks = new Map<string, Mark>()

  constructor(private readonly clock: StoreClock = machineClock()) {}

  async run<T>(id: string, fingerprint: string, work: (transaction: MemoryTransaction) => Promise<T>) {
    const before = this.endOf(id, fingerprint)
    if (before !== null) return before
    const transaction = new MemoryTransaction()
    const value = await work(transaction)
    // While it worked, a check may have left a tombstone, or the same transaction may have committed elsewhere.
    const meanwhile = this.endOf(id, fingerprint)
    if (meanwhile !== null) return meanwhile
    this.marks.set(id, { status: 'committed', fingerprint, at: this.clock.now() })
    transaction.commit()
    return { kind: 'committed' as const, value }
  }

  async check(id: string): Promise<'committed' | 'rolled-back'> {
    const mark = this.marks.get(id) ?? {
      status: 'rolled-back' as const,
      fingerprint: '',
      at: this.clock.now(),
    }
    this.marks.set(id, mark)
    return mark.status
  }

  async forget(retentionMs: number, limit: number): Promise<number> {
    const before = this.clock.now() - retentionMs
    const old = [...this.marks].filter(([, { at }]) => at < before).slice(0, limit)
    for (const [id] of old) this.marks.delete(id)
    return old.length
  }

  private endOf(
    id: string,
    fingerprint: string,
  ): { readonly kind: 'already' | 'id-reused' | 'tombstoned' } | null {
    const mark = this.marks.get(id)
    if (mark === undefined) return null
    if (mark.status === 'rolled-back') return { kind: 'tombstoned' }
    return { kind: mark.fingerprint === fingerprint ? 'already' : 'id-reused' }
  }
}
