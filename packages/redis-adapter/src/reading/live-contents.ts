import type { RedisClient } from '../client.js'
import type { PartitionKeys } from '../keys.js'
import { HASH, READ } from '../scripts/embedded.js'
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

const script = new Script(READ)
const hash = new Script(HASH)

/** A partition as it stands whenever it is asked: what changes meanwhile may be seen or not. */
export class LiveContents implements PartitionContents {
  constructor(
    private readonly client: RedisClient,
    private readonly keys: PartitionKeys,
  ) {}

  async found({ accounts, reservations, subjects }: Asked): Promise<Found> {
    const { meta, words, accounts: ofAccounts, reservations: ofIds, subjects: ofSubjects } = this.keys
    const reply = await script.run(
      this.client,
      [meta, words, ofAccounts, ofIds, ofSubjects],
      [accounts.length, reservations.length, subjects.length, ...accounts, ...reservations, ...subjects],
    )
    const [now, epoch, ...kept] = reply as [number, Record, Record[], Record[], Record[]]
    return {
      now,
      epoch: epoch === null ? null : Number(epoch),
      accounts: kept[0],
      reservations: kept[1],
      subjects: kept[2],
    }
  }

  async accounts() {
    return { entries: await this.all(this.keys.accounts), next: null }
  }

  reservations(from: string | null, limit: number) {
    return this.scan(this.keys.reservations, from, limit)
  }

  subjects(from: string | null, limit: number) {
    return this.scan(this.keys.subjects, from, limit)
  }

  async outbox(from: string | null, limit: number) {
    const begin = from === null ? '-' : `(${from}`
    const told = await this.client.callBuffer('xrange', this.keys.outbox, begin, '+', 'COUNT', limit)
    const entries = streamOf(told as [Buffer, Buffer[]][])
    return { entries, next: entries.length < limit ? null : (entries.at(-1)?.id ?? null) }
  }

  carried() {
    return this.all(this.keys.carried)
  }

  private async all(key: string) {
    return fieldsOf((await hash.run(this.client, [key], [])) as Buffer[])
  }

  private async scan(key: string, from: string | null, limit: number) {
    const told = await this.client.callBuffer('hscan', key, from ?? '0', 'COUNT', limit)
    const [next, flat] = told as [Buffer, Buffer[]]
    const cursor = String(next)
    return { entries: fieldsOf(flat), next: cursor === '0' ? null : cursor } satisfies Chunk<unknown>
  }
}
