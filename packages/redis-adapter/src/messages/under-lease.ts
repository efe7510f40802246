import { HoldfastError, type Message, type Parking, type WaitingMessage } from '@holdfast/core/adapter'
import { ACKNOWLEDGE, SET_APART } from '../scripts/embedded.js'
import type { Arguments } from '../scripts/script.js'
import { type Server, TimedScript } from '../scripts/server.js'
import { type Head, headText, troubleField } from './heads.js'
import { OpenEntries } from './open-entries.js'
import { packMessages } from './packed-message.js'
import { type EntryId, entryIdOf, entryPosition, keyText, splitPosition, textOf } from './position.js'
import type { Shard } from './shards.js'

const acknowledge = new TimedScript(ACKNOWLEDGE)
const setApart = new TimedScript(SET_APART)

/** Messages to be copied out of the stream. */
interface Copying {
  readonly waiting: readonly WaitingMessage[]
  /** `again`: they go on waiting to be sent. */
  readonly to: 'parked' | 'again'
  /** They are copied only if nothing was let wait again since; empty: in any case. */
  readonly resumptions: string
  /** The one that is parked by itself. */
  readonly head?: { readonly parking: Parking; readonly reach: Head['reach'] }
}

/** What one lease has read of its shard, and how far it is done with it. Whatever it asks rejects with `fenced` once it is over. */
export class UnderLease {
  readonly open = new OpenEntries()
  /** Messages that wait apart from the stream. */
  readonly apart = new Map<string, Message>()
  /** The last entry that was removed. */
  private removed: EntryId | null = null

  constructor(
    private readonly server: Server,
    private readonly shard: Shard,
    private readonly fence: number,
  ) {}

  begin(removed: EntryId | null): void {
    this.removed = removed
    this.open.clear()
    this.apart.clear()
  }

  waiting(): readonly WaitingMessage[] {
    const apart = [...this.apart].map(([position, message]) => ({ position, message }))
    return [...apart, ...this.open.waiting()]
  }

  /** @throws HoldfastError `fenced` */
  async ask(script: TimedScript, ...args: Arguments): Promise<unknown> {
    const reply = await this.server.run(script, this.shard.keys, [this.fence, ...args])
    if (reply !== null) return reply
    throw new HoldfastError('fenced', `the lease ${this.fence} of shard ${this.shard.name} is over`)
  }

  /** They were sent. */
  async sent(positions: readonly string[]): Promise<void> {
    const apart = positions.filter((position) => this.apart.has(position) || !this.open.close(position))
    await this.put(positions, apart)
    for (const position of apart) this.apart.delete(position)
  }

  /** Removes entries that are done with, from the beginning. */
  async remove(): Promise<void> {
    if (this.open.removable() !== null) await this.put([], [])
  }

  /** `false`: messages wait again of which this lease does not know, and nothing was copied. */
  async copy({ waiting, to, resumptions, head }: Copying): Promise<boolean> {
    const positions = waiting.map(({ position }) => position as string)
    const byKey = waiting.map(({ message, position }) => keyText(message) + position)
    const messages = waiting.map(({ message }) => packMessages([message]))
    const marks = this.open.marksWith(positions)
    const counts = [positions.length, marks.size]
    const lists = [...positions, ...byKey, ...messages, ...marks.keys(), ...marks.values()]
    const reply = await this.ask(setApart, resumptions, to, ...toldOf(head), ...counts, ...lists)
    if (reply === 0) return false
    for (const { position, message } of waiting) {
      this.open.close(position as string)
      if (to === 'again') this.apart.set(position as string, message)
      else this.apart.delete(position as string)
    }
    return true
  }

  private async put(sent: readonly string[], apart: readonly string[]): Promise<void> {
    for (;;) {
      const removable = this.open.removable()
      const { last = '', next = '', marked = [], moved } = removable ?? {}
      const end = removable === null ? '' : entryPosition(entryIdOf(last))
      const marks = this.open.marksWith(sent.filter((position) => splitPosition(position)[0] > end))
      const before = this.removed === null ? '' : textOf(this.removed)
      const counts = [apart.length, marks.size, before, last, next, marked.length, moved?.size ?? 0]
      const lists = [...apart, ...marks.keys(), ...marks.values(), ...marked, ...(moved?.encoded() ?? [])]
      const removed = String(await this.ask(acknowledge, ...counts, ...lists))
      if (removed !== '') {
        this.removed = entryIdOf(removed)
        this.open.removed(this.removed)
      }
      // Otherwise another call of this lease, or one whose answer was lost, had removed some of them.
      if (removable === null || removed === last) return
    }
  }
}

function toldOf(head: Copying['head']): readonly string[] {
  if (head === undefined) return ['', '', '']
  const { parking, reach } = head
  return [parking.position as string, headText(parking, reach), troubleField(parking.message)]
}
