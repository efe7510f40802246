import type { SqliteTransactions } from './transactions.js'

interface Asked {
  answer(on: SqliteTransactions): void
  fail(error: unknown): void
}

/**
 * Reads that wait for the connection are answered one after the other when it is there: taking it from the pool and
 * giving it back costs more than to read an order, and the replays of a batch are all read at the same moment.
 */
export class ReadsTogether {
  private waiting: Asked[] = []

  /** `use` runs its work with the connection, once; it rejects if there is none to be had. */
  constructor(private readonly use: (work: (on: SqliteTransactions) => void) => Promise<void>) {}

  ask<Result>(question: (on: SqliteTransactions) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({
        answer: (on) => {
          try {
            resolve(question(on))
          } catch (error) {
            reject(error)
          }
        },
        fail: reject,
      })
      if (this.waiting.length === 1) void this.answerWaiting()
    })
  }

  private async answerWaiting(): Promise<void> {
    try {
      await this.use((on) => {
        for (const { answer } of this.taken()) answer(on)
      })
    } catch (error) {
      for (const { fail } of this.taken()) fail(error)
    }
  }

  private taken(): readonly Asked[] {
    const { waiting } = this
    this.waiting = []
    return waiting
  }
}
