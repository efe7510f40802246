/** Exit status of a process that a signal ended, as shells tell it: 128 and the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** What is to be undone when the process is told to end in the middle, the latest first; then it ends. */
export class Interrupts {
  private readonly undos: (() => void)[] = []

  constructor() {
    for (const signal of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]) process.on(signal, this.end)
  }

  readonly undo = (undo: () => void): void => {
    this.undos.unshift(undo)
  }

  /** The work is done: signals end the process at once, as usual. */
  forget(): void {
    for (const signal of Object.keys(SIGNALS)) process.off(signal, this.end)
  }

  private readonly end = (signal: keyof typeof SIGNALS): void => {
    for (const undo of this.undos) undo()
    process.exit(SIGNALS[signal])
  }
}
