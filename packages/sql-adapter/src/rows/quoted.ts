/** Characters that JSON escapes; halves of surrogate pairs do not occur in well-formed text. */
const ESCAPED = /["\\\p{Cc}]/u

/** A string as JSON writes it; most need no escape, and to see that is sooner done. */
export function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`
}
