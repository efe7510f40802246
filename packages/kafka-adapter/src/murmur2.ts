const SEED = 0x9747b28c
const FACTOR = 0x5bd1e995
const SHIFT = 24

/**
 * The hash that Kafka's Java client tells partitions by: murmur2, 32 bits, of `length` bytes. Source:
 * `org.apache.kafka.common.utils.Utils.murmur2`, compared with it over a table of its own making.
 *
 * @returns a signed integer, as Java has it
 */
export function murmur2(bytes: Uint8Array, length = bytes.length): number {
  const at = (index: number) => bytes[index] as number
  let hash = SEED ^ length
  const whole = length & ~3
  for (let index = 0; index < whole; index += 4) {
    let word = at(index) | (at(index + 1) << 8) | (at(index + 2) << 16) | (at(index + 3) << 24)
    word = Math.imul(word, FACTOR)
    word ^= word >>> SHIFT
    hash = Math.imul(hash, FACTOR) ^ Math.imul(word, FACTOR)
  }
  const rest = length & 3
  if (rest > 2) hash ^= at(whole + 2) << 16
  if (rest > 1) hash ^= at(whole + 1) << 8
  if (rest > 0) hash = Math.imul(hash ^ at(whole), FACTOR)
  hash = Math.imul(hash ^ (hash >>> 13), FACTOR)
  return hash ^ (hash >>> 15)
}

const encoder = new TextEncoder()
/** Keys of up to a third of it are hashed without being copied: UTF-8 has at most three bytes for a UTF-16 unit. */
const scratch = new Uint8Array(1_536)

/** The partition of `partitions` that a key belongs to, as Java's producer and kafkajs choose it. */
export function partitionOf(key: string, partitions: number): number {
  if (key.length * 3 > scratch.length) return (murmur2(encoder.encode(key)) & 0x7fffffff) % partitions
  const { written } = encoder.encodeInto(key, scratch)
  return (murmur2(scratch, written) & 0x7fffffff) % partitions
}
