import { type Entry, keyOf } from './entry.js'

/** What a track is to send, in order. */
export class EntryQueue {
  private entries: Entry[] = []
  private head = 0

  get isEmpty(): boolean {
    return this.head === this.entries.length
  }

  push(entry: Entry): void {
    this.entries.push(entry)
  }

  /** In front of all others. */
  putBack(entries: readonly Entry[]): void {
    this.entries = [...entries, ...this.entries.slice(this.head)]
    this.head = 0
  }

  /** Takes the next ones out: at most so many, and so many bytes unless the first alone is larger. */
  take(most: number, mostBytes: number): readonly Entry[] {
    const start = this.head
    let bytes = 0
    while (this.head < this.entries.length && this.head - start < most) {
      bytes += (this.entries[this.head] as Entry).bytes
      if (bytes > mostBytes && this.head > start) break
      this.head++
    }
    const taken = this.entries.slice(start, this.head)
    if (this.isEmpty) {
      this.entries = []
      this.head = 0
    }
    return taken
  }

  /** Takes all of one key out. */
  takeKey(name: string): readonly Entry[] {
    const waiting = this.entries.slice(this.head)
    this.entries = waiting.filter(({ message }) => keyOf(message) !== name)
    this.head = 0
    return waiting.filter(({ message }) => keyOf(message) === name)
  }
}
