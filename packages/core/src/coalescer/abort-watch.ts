import type { Entry } from './entry.js'

/** Tells the queue that a caller's signal aborted; made only for calls that bring one. */
export class AbortWatch {
  constructor(
    private readonly entry: Entry,
    private readonly signal: AbortSignal,
    private readonly aborted: (entry: Entry, reason: unknown) => void,
  ) {
    signal.addEventListener('abort', this)
  }

  handleEvent(): void {
    this.aborted(this.entry, this.signal.reason)
  }

  /** A signal may outlive its call by far: leave nothing on it. */
  stop(): void {
    this.signal.removeEventListener('abort', this)
  }
}
