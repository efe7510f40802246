import { ExponentialBackoff, halfJitterGenerator, type IBackoff, noJitterGenerator } from 'cockatiel'

export interface WaitOptions {
  readonly firstMs: number
  readonly longestMs: number
  /** Cut by up to a half, by chance, so that many do not come back at once. */
  readonly isScattered: boolean
}

/** How long to rest before the next try: twice as long each time. */
export class Waits {
  private readonly factory: ExponentialBackoff<number>
  private current: IBackoff<unknown> | null = null

  constructor({ firstMs, longestMs, isScattered }: WaitOptions) {
    const generator = isScattered ? halfJitterGenerator : noJitterGenerator
    this.factory = new ExponentialBackoff({ initialDelay: firstMs, maxDelay: longestMs, generator })
  }

  /** ms */
  next(): number {
    this.current = this.current === null ? this.factory.next() : this.current.next(undefined)
    return this.current.duration
  }

  /** The try succeeded: the next wait is the first again. */
  reset(): void {
    this.current = null
  }
}

/** The wait after so many failed attempts, where they are counted elsewhere: ms, scattered. */
export function waitAfter(attempts: number, firstMs: number, longestMs: number): number {
  const options = { initialDelay: firstMs, maxDelay: longestMs, exponent: 2, generator: halfJitterGenerator }
  return halfJitterGenerator(attempts, options)[0]
}
