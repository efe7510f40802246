import type { Scheduler } from '../scheduler.js'

/** A pause that can be cut short. One at a time. */
export class Rest {
  private end: (() => void) | null = null
  private wasWoken = false

  constructor(private readonly scheduler: Scheduler) {}

  /** Ends after about `ms`, or when woken; at once if woken since the last rest. */
  async take(ms: number): Promise<void> {
    if (this.wasWoken || ms <= 0) {
      this.wasWoken = false
      return
    }
    await new Promise<void>((resolve) => {
      const cancel = this.scheduler.timer(ms, () => this.end?.())
      this.end = () => {
        this.end = null
        cancel()
        resolve()
      }
    })
  }

  wake(): void {
    if (this.end === null) this.wasWoken = true
    else this.end()
  }
}
