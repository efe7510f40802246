// Ids as the server keeps them: a UUID, as the desk mints them, is its 16 bytes behind one that no UTF-8 text begins with;
// any other id is its text.

const UUID = 0xff
const UUID_BYTES = 17
const UUID_TEXT = 36
const DASHES = [8, 13, 18, 23]
/** Where the digits of each byte stand in the text. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]

/** By UTF-16 unit; −1: no digit of a UUID. */
const DIGITS = new Int8Array(0x10000).fill(-1)
for (const [value, digit] of [...'0123456789abcdef'].entries()) DIGITS[digit.charCodeAt(0)] = value
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function packedId(id: string): Buffer {
  const bytes = Buffer.allocUnsafe(UUID_BYTES)
  return writeUuid(id, bytes, 0) ? bytes : Buffer.from(id)
}

/** Writes it as a packed id; `false`: it is no UUID, or not in the spelling of lower case, and nothing that counts was written. */
export function writeUuid(id: string, bytes: Buffer, at: number): boolean {
  if (id.length !== UUID_TEXT || DASHES.some((place) => id[place] !== '-')) return false
  bytes[at] = UUID
  for (let n = 0; n < PLACES.length; n++) {
    const place = PLACES[n] as number
    const high = DIGITS[id.charCodeAt(place)] as number
    const low = DIGITS[id.charCodeAt(place + 1)] as number
    if ((high | low) < 0) return false
    bytes[at + 1 + n] = high * 16 + low
  }
  return true
}

const UUID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether `writeUuid` writes it. */
export function isUuid(id: string): boolean {
  return id.length === UUID_TEXT && UUID_FORM.test(id)
}

export const PACKED_UUID_BYTES = UUID_BYTES

export function idOf(packed: Buffer): string {
  return packed[0] === UUID ? uuidAt(packed) : packed.toString('utf8')
}

function uuidAt(bytes: Buffer): string {
  let text = ''
  for (let n = 1; n < UUID_BYTES; n++) {
    if (n === 5 || n === 7 || n === 9 || n === 11) text += '-'
    text += HEX[bytes[n] as number]
  }
  return text
}
