import type { Want } from './moves.js'

/** What became of those who waited in one round. */
export type Found<Answer> = (want: Want) => Answer

/**
 * One round at a time: whoever comes during one waits for the next, which serves all of them together. So a bucket that
 * many are refused by is looked into as often as one look takes, and what is answered was seen after the question.
 */
export class Rounds<Answer> {
  private last: Promise<unknown> = Promise.resolve()
  private next: { readonly wants: Want[]; readonly done: Promise<Found<Answer>> } | null = null

  constructor(private readonly round: (wants: readonly Want[]) => Promise<Found<Answer>>) {}

  async join(want: Want): Promise<Answer> {
    this.next ??= this.begun()
    this.next.wants.push(want)
    const found = await this.next.done
    return found(want)
  }

  private begun() {
    const wants: Want[] = []
    const done = this.last.then(() => {
      this.next = null
      return this.round(wants)
    })
    this.last = done.catch(() => {})
    return { wants, done }
  }
}
