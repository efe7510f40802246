/** Whether every surrogate of `text` has its pair: only such text survives UTF-8 unchanged. */
export function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}

/** Bytes of well-formed `text` in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    // A surrogate is half of a character of 4 bytes.
    if (unit >= 0x80) bytes += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return bytes
}

/** Whether well-formed `text` takes at most `limit` bytes of UTF-8; counts only where the length leaves it open. */
export function fitsUtf8(text: string, limit: number): boolean {
  if (text.length * 3 <= limit) return true
  return text.length <= limit && utf8Length(text) <= limit
}
