/** The longest that a timer takes, ms. */
const LONG_MS = 2 ** 31 - 1

/** Keeps the process alive from `begin` to `end`: the scheduler's timers do not. */
export class ProcessKeptAlive {
  private timer: ReturnType<typeof setInterval> | undefined

  begin(): void {
    this.timer ??= setInterval(() => {}, LONG_MS)
  }

  end(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }
}
