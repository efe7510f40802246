import type { RedisClient } from '../client.js'
import type { PartitionKeys } from '../keys.js'
import { DUMP } from '../scripts/embedded.js'
import { Script } from '../scripts/script.js'
import {
  type Asked,
  type Chunk,
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
    return { entries: this.fields(3), next: null }
  }

  async reservations(from: string | null, limit: number) {
    return part(this.told[4] as Buffer[], 2, from, limit, fieldsOf)
  }

  async subjects(from: string | null, limit: number) {
    return part(this.told[5] as Buffer[], 2, from, limit, fieldsOf)
  }

  async outbox(from: string | null, limit: number) {
    return part(this.told[6] as [Buffer, Buffer[]][], 1, from, limit, streamOf)
  }

  async carried() {
    return this.fields(7)
  }

  private fields(at: number) {
    return fieldsOf(this.told[at] as Buffer[])
  }

  private byText(at: number, texts: readonly (string | Buffer)[]): readonly Record[] {
    if (texts.length === 0) return []
    const all = new Map(this.fields(at).map(([field, value]) => [field.toString('latin1'), value]))
    return texts.map((text) => all.get(Buffer.from(text as string).toString('latin1')) ?? null)
  }
}

/** `limit` of the entries, each of which takes `width` places, behind the `from`-th: no page reads what others tell. */
function part<Told, Entry>(
  told: readonly Told[],
  width: number,
  from: string | null,
  limit: number,
  of: (some: readonly Told[]) => readonly Entry[],
): Chunk<Entry> {
  const begin = Number(from ?? 0)
  const end = begin + limit
  const isLast = end * width >= told.length
  return { entries: of(told.slice(begin * width, end * width)), next: isLast ? null : String(end) }
}
