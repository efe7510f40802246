import { HoldfastError } from '@holdfast/core/adapter'
import { type EntryId, entryIdOf, follows, textOf } from './position.js'

/** What the store says it wrote last into a stream. */
export interface LastWritten {
  /** `null`: nothing was written yet, or it was lost. */
  readonly epoch: Buffer | null
  readonly sequence: Buffer | null
}

/**
 * Entries have numbers without gaps: where one is missing, what it stood for was lost.
 *
 * @param before the entry that was read last; `null`: none
 * @param ids entries as they were read behind it
 * @param last what was written last, where all was read
 * @throws HoldfastError `stream-gap`
 */
export function checkFollows(
  shard: string,
  before: EntryId | null,
  ids: readonly string[],
  last: LastWritten | null,
): void {
  let at = before
  for (const id of ids) {
    const next = entryIdOf(id)
    if (!follows(at, next)) throw gap(shard, at, id)
    at = next
  }
  if (last === null || last.epoch === null) return
  const [epoch, sequence] = [Number(last.epoch), Number(last.sequence ?? 0)]
  const isThere = at?.epoch === epoch ? at.sequence === sequence : sequence === 0
  if (!isThere) throw gap(shard, at, `nothing, though ${epoch}-${sequence} was written`)
}

function gap(shard: string, before: EntryId | null, next: string): HoldfastError {
  const after = before === null ? 'the beginning' : textOf(before)
  return new HoldfastError('stream-gap', `outbox of shard ${shard}: after ${after} comes ${next}`)
}
