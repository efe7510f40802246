import { HoldfastError, isHoldfastError } from '../errors.js'

/** Calls of a desk that are not answered yet: closing waits for them, and takes no more. */
export class CallsUnderWay {
  private count = 0
  private closed = false
  private waiting: (() => void)[] = []

  /** @throws HoldfastError `closed` once the desk takes no more */
  begin(): void {
    if (this.closed) throw this.refusal()
    this.count += 1
  }

  /** Whether no more calls are taken. */
  get isClosed(): boolean {
    return this.closed
  }

  refusal(): HoldfastError {
    return new HoldfastError('closed', 'closed: the desk takes no new work')
  }

  end(): void {
    this.count -= 1
    if (this.count > 0) return
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  /** A call that may write: a store that fails without saying what it wrote is `unknown`. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.begin()
    try {
      return await work()
    } catch (error) {
      throw errorAsTold(error, undefined)
    } finally {
      this.end()
    }
  }

  /** A call that only reads. */
  async read<T>(work: () => Promise<T>): Promise<T> {
    this.begin()
    try {
      return await work()
    } catch (error) {
      if (isHoldfastError(error)) throw error
      throw new HoldfastError('store-failed', 'the store could not be read', { cause: error })
    } finally {
      this.end()
    }
  }

  /** Takes no more, and resolves when the last is answered. */
  close(): Promise<void> {
    this.closed = true
    if (this.count === 0) return Promise.resolve()
    return new Promise((resolve) => this.waiting.push(resolve))
  }
}

/** An error as a shop meets it: always Holdfast's, with the order's id where it is known. */
export function errorAsTold(error: unknown, id: string | undefined): HoldfastError {
  const about = id === undefined ? {} : { id }
  if (!isHoldfastError(error)) {
    const message = 'the store failed and did not say what it wrote: ask again by the same id'
    return new HoldfastError('unknown', message, { ...about, cause: error })
  }
  if (id === undefined || error.id !== undefined) return error
  const { path, retryAfterMs, cause } = error
  return new HoldfastError(error.code, error.message, {
    ...about,
    cause: cause ?? error,
    ...(path === undefined ? {} : { path }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}
