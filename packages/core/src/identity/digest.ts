import { hash } from 'node:crypto'

/** Characters of a digest: 22 of base64url carry 132 bits, so that no two texts of one shop will meet. */
export const DIGEST_LENGTH = 22

/** A plain digest of well-formed text: the same in every process, for ever. */
export function digest(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, DIGEST_LENGTH)
}
