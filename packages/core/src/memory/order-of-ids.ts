/**
 * Compares two well-formed strings as their UTF-8 bytes do, so that every engine sorts ids alike.
 * UTF-16 units differ from that order only where a surrogate meets U+E000–U+FFFF.
 */
export function inByteOrder(one: string, other: string): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) {
    const a = one.charCodeAt(at)
    const b = other.charCodeAt(at)
    if (a !== b) return weight(a) - weight(b)
  }
  return one.length - other.length
}

/** Surrogates stand for code points above U+FFFF: they go last. */
function weight(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
