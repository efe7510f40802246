const KEYS = 1_000
/** Bytes of a payload. */
const SIZE = 500

/** A message of a backlog: the n-th of all. */
export interface BacklogMessage {
  readonly n: number
  readonly id: string
  readonly key: string
  /** JSON of 500 bytes. */
  readonly payload: string
}

/** Messages from the n-th on. Those of one key are a thousand apart. */
export function backlog(from: number, count: number): readonly BacklogMessage[] {
  return Array.from({ length: count }, (_, index) => messageOf(from + index))
}

function messageOf(n: number): BacklogMessage {
  const head = `{"n":${n},"rest":"`
  const payload = `${head}${'x'.repeat(SIZE - head.length - 2)}"}`
  // A UUID, as pg-transactional-outbox wants it.
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
  return { n, id, key: `key-${n % KEYS}`, payload }
}

/** Which one a payload belongs to. */
export function numberOf(payload: string): number {
  return Number(/"n":\s?(\d+)/.exec(payload)?.[1])
}
