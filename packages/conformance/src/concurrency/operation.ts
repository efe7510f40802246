import type { Command, Outcome } from '@holdfast/core/adapter'

/** One call of a recorded history. Instants are positions in the record: of any two events, the earlier has the lower. */
export interface Operation {
  readonly caller: number
  readonly commands: readonly Command[]
  readonly invoked: number
  /** `null`: no answer came, so that it may have been applied at any time since, or never. */
  readonly completed: number | null
  /** One per command; `null` without an answer. */
  readonly outcomes: readonly Outcome[] | null
  /** The store's clock at which it was decided, ms since the epoch. */
  readonly now: number
}

/** Writes a history down while it happens. */
export class Recorder {
  readonly operations: Operation[] = []
  private position = 0

  /** Notes the call, waits for its answer, and notes that. A call that throws stays without an answer. */
  async record(
    caller: number,
    commands: readonly Command[],
    now: number,
    send: () => Promise<{ readonly now: number; readonly outcomes: readonly Outcome[] }>,
  ): Promise<void> {
    const invoked = this.position++
    const place =
      this.operations.push({ caller, commands, invoked, completed: null, outcomes: null, now }) - 1
    const answer = await send()
    const completed = this.position++
    this.operations[place] = { caller, commands, invoked, completed, ...answer }
  }
}
