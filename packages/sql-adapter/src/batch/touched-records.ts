interface Entry<State> {
  readonly name: string
  state: State | undefined
  isChanged: boolean
}

/** Records of one kind by name, as loaded and as changed since. */
export class TouchedRecords<State> {
  private readonly entries = new Map<string, Entry<State>>()
  private readonly touched: Entry<State>[] = []

  load(name: string, state: State): void {
    if (this.entries.has(name)) return
    this.entries.set(name, { name, state, isChanged: false })
  }

  get(name: string): State | undefined {
    return this.entries.get(name)?.state
  }

  put(name: string, state: State | undefined): void {
    const entry = this.entries.get(name)
    if (entry === undefined) {
      this.add(name, state)
      return
    }
    entry.state = state
    this.note(entry)
  }

  /** The state, to be changed in place; `fresh` is put where there is none. */
  toChange(name: string, fresh: () => State): State {
    const entry = this.entries.get(name)
    if (entry === undefined) {
      const state = fresh()
      this.add(name, state)
      return state
    }
    entry.state ??= fresh()
    this.note(entry)
    return entry.state
  }

  isChanged(name: string): boolean {
    return this.entries.get(name)?.isChanged === true
  }

  /** In the order in which they were first changed. */
  changed(): readonly { readonly name: string; readonly state: State | undefined }[] {
    return this.touched
  }

  states(): Iterable<State> {
    return this.loadedStates()
  }

  private *loadedStates(): Iterable<State> {
    for (const { state } of this.entries.values()) if (state !== undefined) yield state
  }

  private add(name: string, state: State | undefined): void {
    const entry = { name, state, isChanged: true }
    this.entries.set(name, entry)
    this.touched.push(entry)
  }

  private note(entry: Entry<State>): void {
    if (entry.isChanged) return
    entry.isChanged = true
    this.touched.push(entry)
  }
}
