import type { Message, WaitingMessage } from '@holdfast/core/adapter'
import { Sums } from '../records/carried-record.js'
import { type EntryId, entryPosition, following, positionOf, splitPosition, textOf } from './position.js'
import type { ReadEntry } from './shards.js'

interface OpenEntry {
  readonly id: EntryId
  /** `null` where it need not be sent any more. */
  readonly messages: (Message | null)[]
  readonly marks: Buffer
  readonly moved: Sums | null
  left: number
  /** Whether the store keeps marks of it. */
  isMarked: boolean
}

/** Entries that can be removed from the stream, all that lie before them being removed. */
export interface Removable {
  readonly last: string
  /** The first that stays. */
  readonly next: string
  /** Those of which the store keeps marks. */
  readonly marked: readonly string[]
  readonly moved: Sums
}

/** Entries that were read and are not removed yet, in their order, and which of their messages are still to be sent. */
export class OpenEntries {
  /** By what the positions of their messages begin with. */
  private readonly entries = new Map<string, OpenEntry>()
  private done = 0

  /** Done with, and held up by an earlier one that is not. */
  get heldUp(): number {
    return this.done
  }

  /** `marks`: messages that need not be sent any more; `null`: none. Returns those that do. */
  add({ id, messages, moved }: ReadEntry, marks: Buffer | null): readonly WaitingMessage[] {
    const entry: OpenEntry = {
      id,
      messages: [...messages],
      marks: Buffer.alloc(Math.ceil(messages.length / 8)),
      moved,
      left: messages.length,
      isMarked: marks !== null,
    }
    const position = entryPosition(id)
    this.entries.set(position, entry)
    if (entry.left === 0) this.done++
    if (marks !== null) this.markAll(entry, marks)
    return waitingIn(position, entry)
  }

  /** A message need not be sent any more. `false`: it is in none of these entries. */
  close(position: string): boolean {
    const [name, index] = splitPosition(position)
    const entry = this.entries.get(name)
    if (entry !== undefined) this.mark(entry, index)
    return entry !== undefined
  }

  /** The marks, by their ids, of the entries that have these messages, as they are with these marked too. */
  marksWith(positions: readonly string[]): ReadonlyMap<string, Buffer> {
    const marked = new Map<string, Buffer>()
    for (const position of positions) {
      const [name, index] = splitPosition(position)
      const entry = this.entries.get(name)
      if (entry === undefined) continue
      const id = textOf(entry.id)
      const marks = marked.get(id) ?? Buffer.from(entry.marks)
      setBit(marks, index)
      marked.set(id, marks)
      entry.isMarked = true
    }
    return marked
  }

  /** Messages that are to be sent, in order. */
  *waiting(): Iterable<WaitingMessage> {
    for (const [position, entry] of this.entries) if (entry.left > 0) yield* waitingIn(position, entry)
  }

  /** Those that hold up so many entries that are done with. */
  holdingUp(entries: number): readonly WaitingMessage[] {
    const found: WaitingMessage[] = []
    let passed = 0
    for (const [position, entry] of this.entries) {
      if (passed === entries) break
      if (entry.left === 0) passed++
      else found.push(...waitingIn(position, entry))
    }
    return found
  }

  /** What is done with from the beginning; `null`: nothing. */
  removable(): Removable | null {
    const marked: string[] = []
    const moved = new Sums()
    let last: EntryId | null = null
    for (const entry of this.entries.values()) {
      if (entry.left > 0) break
      last = entry.id
      if (entry.isMarked) marked.push(textOf(entry.id))
      if (entry.moved !== null) moved.addAll(entry.moved)
    }
    return last === null ? null : { last: textOf(last), next: textOf(following(last)), marked, moved }
  }

  /** The store has removed entries up to this one. */
  removed(last: EntryId): void {
    const end = entryPosition(last)
    for (const [position, entry] of this.entries) {
      if (position > end) break
      this.entries.delete(position)
      if (entry.left === 0) this.done--
    }
  }

  clear(): void {
    this.entries.clear()
    this.done = 0
  }

  private markAll(entry: OpenEntry, marks: Buffer): void {
    for (let index = 0; index < entry.messages.length; index++)
      if (((marks[index >> 3] ?? 0) & (1 << (index & 7))) !== 0) this.mark(entry, index)
  }

  private mark(entry: OpenEntry, index: number): void {
    if (entry.messages[index] === null || index >= entry.messages.length) return
    entry.messages[index] = null
    setBit(entry.marks, index)
    entry.left--
    if (entry.left === 0) this.done++
  }
}

function waitingIn(entry: string, { messages }: OpenEntry): readonly WaitingMessage[] {
  const waiting: WaitingMessage[] = []
  for (const [index, message] of messages.entries())
    if (message !== null) waiting.push({ position: positionOf(entry, index), message })
  return waiting
}

function setBit(marks: Buffer, index: number): void {
  marks[index >> 3] = (marks[index >> 3] ?? 0) | (1 << (index & 7))
}
