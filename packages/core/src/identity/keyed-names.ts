import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { DIGEST_LENGTH } from './digest.js'
import type { LoadedKey } from './hash-keys.js'

/** Identities of one kind whose names are remembered: parsing and hashing a phone anew takes 20 µs. */
const REMEMBERED = 10_000

/** A subject's name under the writing key, and its names under the others. */
export interface SubjectName {
  readonly name: string
  readonly prior: readonly string[]
}

/** Names of the identities of one kind under all keys. */
export class KeyedNames {
  private readonly remembered = new LRUCache<string, SubjectName>({ max: REMEMBERED })

  constructor(
    private readonly kind: string,
    private readonly keys: readonly LoadedKey[],
  ) {}

  /** The names of an identity as its buyer wrote it, if it was met lately. */
  recall(text: string): SubjectName | undefined {
    return this.remembered.get(text)
  }

  /** The names of the identity `normalised`, remembered for the spelling `text`. */
  name(text: string, normalised: string): SubjectName {
    // The kind goes in, so that equal texts of two kinds have nothing in common; its length, so that they stay apart.
    const message = `${this.kind.length}:${this.kind}${normalised}`
    const [name, ...prior] = this.keys.map(({ id, secret }) => {
      const hash = createHmac('sha256', secret).update(message).digest('base64url')
      return `${id}.${hash.slice(0, DIGEST_LENGTH)}`
    })
    const subject = { name: name as string, prior }
    this.remembered.set(text, subject)
    return subject
  }
}
