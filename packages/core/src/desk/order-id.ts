import { randomFillSync } from 'node:crypto'

/** 62 + 12 random bits of an id take ten bytes. */
const BYTES = 10
const pool = Buffer.alloc(BYTES * 400)
let spent = pool.length

/** The id being written, in ASCII: its dashes and its version stand. */
const text = Buffer.from('00000000-0000-7000-8000-000000000000', 'latin1')
const DIGITS = Buffer.from('0123456789abcdef', 'latin1')
const VARIANT_PLACE = 19
/** Where the other nine bytes go, two digits each. */
const RANDOM_PLACES = [15, 16, 17, 20, 21, 22, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35]
let lastMs = Number.NaN

/**
 * Mints a UUIDv7 (RFC 9562): the time in ms, so that ids made together lie together in an index, then 74 random bits.
 * Written by hand into a buffer: `v7` of the package `uuid` joins it from 20 texts, which takes 1.0 µs and 1 kB of
 * garbage, a tenth of an order on the store in memory.
 */
export function newOrderId(): string {
  const now = Date.now()
  if (now !== lastMs) {
    lastMs = now
    const hex = now.toString(16).padStart(12, '0')
    text.write(`${hex.slice(0, 8)}-${hex.slice(8)}`, 'latin1')
  }
  if (spent === pool.length) {
    randomFillSync(pool)
    spent = 0
  }
  text[VARIANT_PLACE] = digit(8 | ((pool[spent] as number) & 3))
  for (let place = 0; place < RANDOM_PLACES.length; place += 2) {
    const byte = pool[spent + 1 + place / 2] as number
    text[RANDOM_PLACES[place] as number] = digit(byte >> 4)
    text[RANDOM_PLACES[place + 1] as number] = digit(byte & 15)
  }
  spent += BYTES
  return text.toString('latin1')
}

function digit(value: number): number {
  return DIGITS[value] as number
}
