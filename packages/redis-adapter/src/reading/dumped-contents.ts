import type { RedisClient } from '../client.js'
import type { PartitionKeys } from '../keys.js'
import { DUMP } from '../scripts/embedded.js'
import { Script } from '../scripts/script.js'
import {
  type Asked,
  type Found,
  fieldsOf,
  type PartitionContents,
  type Record,
  streamOf,
} from './partition-contents.js'

const dump = new Script(DUMP)

/** All that a partition keeps, read at one instant. */
export class DumpedContents implements PartitionContents {
  private constructor(private readonly told: readonly unknown[]) {}

  static async of(client: RedisClient, keys: PartitionKeys): Promise<DumpedContents> {
    const { meta, words, accounts, reservations, subjects, outbox, carried } = keys
    const names = [meta, words, accounts, reservations, subjects, outbox, carried]
    const told = await dump.run(client, names, [])
    return new DumpedContents(told as unknown[])
  }

  async found({ accounts, reservations, subjects }: Asked): Promise<Found> {
    const [now, epoch] = this.told as [number, Record]
    const numbers = this.byText(2, accounts)
    return {
      now,
      epoch: epoch === null ? null : Number(epoch),
      accounts: this.byText(
        3,
        numbers.map((number) => (number === null ? '' : String(number))),
      ),
      reservations: this.byText(4, reservations),
      subjects: this.byText(5, subjects),
    }
  }

  async accounts() {
    return this.fields(3)
  }

  async reservations() {
    return this.fields(4)
  }

  async subjects() {
    return this.fields(5)
  }

  async outbox() {
    return { entries: streamOf(this.told[6] as [Buffer, Buffer[]][]), next: null }
  }

  async carried() {
    return this.fields(7).entries
  }

  private fields(at: number) {
    return { entries: fieldsOf(this.told[at] as Buffer[]), next: null }
  }

  private byText(at: number, texts: readonly string[]): readonly Record[] {
    if (texts.length === 0) return []
    const all = new Map(this.fields(at).entries.map(([field, value]) => [String(field), value]))
    return texts.map((text) => all.get(text) ?? null)
  }
}
