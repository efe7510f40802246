import type { Answer } from './entry.js'

/**
 * Makes of an answer what the caller is told, at once: one promise then serves the command and the call that it came
 * of. Each promise more is felt where thousands wait.
 */
export interface Teller<Told> {
  /** What it throws, the caller gets. */
  tell(answer: Answer): Told | PromiseLike<Told>
  /** The error as the caller gets it. */
  failed(error: Error): Error
}

/** What the teller makes of an answer that comes by a promise of its own. */
export async function told<Told>(answer: Promise<Answer>, teller: Teller<Told>): Promise<Told> {
  let given: Answer
  try {
    given = await answer
  } catch (error) {
    throw teller.failed(error as Error)
  }
  return teller.tell(given)
}
