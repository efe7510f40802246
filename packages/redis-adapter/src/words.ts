import type { AccountKey } from '@holdfast/core/adapter'
import type { RedisClient } from './client.js'
import { accountOf, isAccountText, isClaimsText, isRootText, rootOf } from './keys.js'
import { Cursor } from './records/cursor.js'
import { type PackedClaims, packedClaimsAt } from './records/reservation-record.js'
import { HASH } from './scripts/embedded.js'
import { Script } from './scripts/script.js'

const hash = new Script(HASH)

/** A number that was given after the texts were last read. */
class UnknownWord extends Error {}

/** The texts behind the numbers in a partition's records. Numbers are given for good, within an epoch. */
export class Words {
  private epoch: number | null = null
  private accounts = new Map<number, AccountKey>()
  private roots = new Map<number, string>()
  private claimsOf = new Map<number, PackedClaims>()

  constructor(
    private readonly client: RedisClient,
    private readonly key: string,
  ) {}

  /** What `read` makes of records of this epoch; it is run again after new numbers were learned. */
  async read<T>(epoch: number | null, read: (words: this) => T): Promise<T> {
    if (epoch !== this.epoch) await this.learn(epoch)
    try {
      return read(this)
    } catch (error) {
      if (!(error instanceof UnknownWord)) throw error
    }
    await this.learn(epoch)
    return read(this)
  }

  account(number: number): AccountKey {
    return known(this.accounts.get(number), number)
  }

  /** What comes before the subject in a name. */
  root(number: number): string {
    return known(this.roots.get(number), number)
  }

  /** Claims that many orders have in common. */
  claims(number: number): PackedClaims {
    return known(this.claimsOf.get(number), number)
  }

  private async learn(epoch: number | null): Promise<void> {
    const flat = (await hash.run(this.client, [this.key], [])) as Buffer[]
    this.accounts = new Map()
    this.roots = new Map()
    this.claimsOf = new Map()
    for (let at = 0; at < flat.length; at += 2) this.put(flat[at] as Buffer, Number(flat[at + 1]))
    this.epoch = epoch
  }

  private put(text: Buffer, number: number): void {
    if (isAccountText(text)) this.accounts.set(number, accountOf(text))
    else if (isRootText(text)) this.roots.set(number, rootOf(text))
    else if (isClaimsText(text)) this.claimsOf.set(number, packedClaimsAt(new Cursor(text.subarray(1))))
  }
}

function known<T>(text: T | undefined, number: number): T {
  if (text === undefined) throw new UnknownWord(`no text has the number ${number}`)
  return text
}
