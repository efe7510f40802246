import { type AccountKey, HoldfastError } from '@holdfast/core/adapter'
import type { RedisClient } from './client.js'
import { accountOf, isAccountText, isClaimsText, isRootText, numberText, rootOf } from './keys.js'
import { Cursor } from './records/cursor.js'
import { type PackedClaims, packedClaimsAt } from './records/reservation-record.js'

/** Texts that are asked for at once. */
const MOST = 1_000

/** A number whose text was not read yet. */
class UnknownWord extends Error {
  constructor(readonly number: number) {
    super(`the text of the number ${number} was not read`)
  }
}

/** The texts behind the numbers in a partition's records. Numbers are given one after the other, for good within an epoch. */
export class Words {
  private epoch: number | null = null
  private accounts = new Map<number, AccountKey>()
  private roots = new Map<number, string>()
  private claimsOf = new Map<number, PackedClaims>()
  /** The texts of all numbers up to this one were read. */
  private last = 0

  constructor(
    private readonly client: RedisClient,
    private readonly key: string,
  ) {}

  /** What `read` makes of records of this epoch; it is run again whenever texts were read that it lacked. */
  async read<T>(epoch: number | null, read: (words: this) => T): Promise<T> {
    // Of what is being loaded nobody knows whether it was begun anew meanwhile.
    if (epoch === null) this.begin(null)
    for (;;) {
      if (epoch !== this.epoch) this.begin(epoch)
      try {
        return read(this)
      } catch (error) {
        if (!(error instanceof UnknownWord)) throw error
        await this.learn(epoch, error.number)
      }
    }
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

  private begin(epoch: number | null): void {
    this.accounts = new Map()
    this.roots = new Map()
    this.claimsOf = new Map()
    this.last = 0
    this.epoch = epoch
  }

  /** Reads on from the last text that is known, as far as this number or near it. */
  private async learn(epoch: number | null, number: number): Promise<void> {
    const first = this.last + 1
    const count = Math.min(number - this.last, MOST)
    if (count <= 0) throw lost(number)
    const fields = Array.from({ length: count }, (_, index) => numberText(first + index))
    const texts = (await this.client.callBuffer('hmget', this.key, ...fields)) as (Buffer | null)[]
    // Whoever reads of another epoch has begun anew meanwhile.
    if (epoch !== this.epoch) return
    for (const [index, text] of texts.entries()) {
      if (text === null) throw lost(first + index)
      this.put(text, first + index)
    }
    this.last = Math.max(this.last, first + count - 1)
  }

  private put(text: Buffer, number: number): void {
    if (isAccountText(text)) this.accounts.set(number, accountOf(text))
    else if (isRootText(text)) this.roots.set(number, rootOf(text))
    else if (isClaimsText(text)) this.claimsOf.set(number, packedClaimsAt(new Cursor(text.subarray(1))))
  }
}

function known<T>(text: T | undefined, number: number): T {
  if (text === undefined) throw new UnknownWord(number)
  return text
}

function lost(number: number): HoldfastError {
  return new HoldfastError('store-failed', `no text has the number ${number}`)
}
