interface Waiting<Ask, Answer> {
  readonly ask: Ask
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** Most asks of one batch. */
const MOST = 200

/**
 * Group commit for what callers ask at about the same time: while one batch is with the database, what comes gathers for
 * the next. A lone caller waits for nobody.
 */
export class Gathering<Ask, Answer> {
  private readonly waiting: Waiting<Ask, Answer>[] = []
  private isOut = false

  /**
   * @param answer answers a batch, in its order, in one transaction: what it throws undid all of it, and if it was of
   * several, each is asked alone, so that one's fault is not its neighbours'
   */
  constructor(private readonly answer: (asks: readonly Ask[]) => Promise<readonly Answer[]>) {}

  ask(ask: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ ask, resolve, reject })
      // On the next turn, so that those who ask in this one go together.
      if (this.waiting.length === 1 && !this.isOut) setImmediate(() => void this.send())
    })
  }

  private async send(): Promise<void> {
    if (this.isOut) return
    this.isOut = true
    while (this.waiting.length > 0) await this.settle(this.waiting.splice(0, MOST))
    this.isOut = false
  }

  private async settle(batch: readonly Waiting<Ask, Answer>[]): Promise<void> {
    try {
      const answers = await this.answer(batch.map(({ ask }) => ask))
      batch.forEach(({ resolve }, index) => {
        resolve(answers[index] as Answer)
      })
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error)
      else await Promise.all(batch.map((one) => this.settle([one])))
    }
  }
}
