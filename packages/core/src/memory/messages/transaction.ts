/** A transaction over things in memory: what is staged in it takes effect when it commits, all at once. */
export class MemoryTransaction {
  private readonly effects: (() => void)[] = []

  stage(effect: () => void): void {
    this.effects.push(effect)
  }

  commit(): void {
    for (const effect of this.effects.splice(0)) effect()
  }
}

/** Runs `work` in a transaction; what it throws leaves everything as it was. */
export async function inTransaction<T>(work: (transaction: MemoryTransaction) => Promise<T>): Promise<T> {
  const transaction = new MemoryTransaction()
  const value = await work(transaction)
  transaction.commit()
  return value
}
