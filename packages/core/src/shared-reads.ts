/** Keys that one read asks for at most. */
const MOST_AT_ONCE = 500

interface Asked<Key, Answer> {
  readonly key: Key
  readonly answer: Promise<Answer>
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Reads by key: one read is under way at a time, and all who ask meanwhile share the next, each key once. So reads do not grow
 * with the number of those who ask, and none sees what was so before it asked.
 */
export class SharedReads<Key, Answer> {
  private waiting = new Map<string, Asked<Key, Answer>>()
  private isUnderWay = false

  /** `readAll`: the answers, one per key, in order. If it rejects, so do all who asked. */
  constructor(private readonly readAll: (keys: readonly Key[]) => Promise<readonly Answer[]>) {}

  /** @param name what tells the key from others */
  read(name: string, key: Key): Promise<Answer> {
    return (this.waiting.get(name) ?? this.ask(name, key)).answer
  }

  private ask(name: string, key: Key): Asked<Key, Answer> {
    const asked = askedFor<Key, Answer>(key)
    this.waiting.set(name, asked)
    this.wake()
    return asked
  }

  private wake(): void {
    if (this.isUnderWay || this.waiting.size === 0) return
    this.isUnderWay = true
    // Once those who ask in this very moment have done so.
    queueMicrotask(() => void this.leave())
  }

  private async leave(): Promise<void> {
    const all = [...this.waiting]
    const asked = all.slice(0, MOST_AT_ONCE).map(([, one]) => one)
    this.waiting = new Map(all.slice(MOST_AT_ONCE))
    try {
      const answers = await this.readAll(asked.map(({ key }) => key))
      asked.forEach(({ resolve }, index) => {
        resolve(answers[index] as Answer)
      })
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
    this.isUnderWay = false
    this.wake()
  }
}

function askedFor<Key, Answer>(key: Key): Asked<Key, Answer> {
  let settle: Pick<Asked<Key, Answer>, 'resolve' | 'reject'> | undefined
  const answer = new Promise<Answer>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { key, answer, ...(settle as Pick<Asked<Key, Answer>, 'resolve' | 'reject'>) }
}
