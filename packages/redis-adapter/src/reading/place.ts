import { HoldfastError } from '@holdfast/core/adapter'

/** Where a listing stands: in which chunk of what is kept, and how many of its entries are passed. */
export interface Place {
  /** As the chunk before gave it; `null` for the first. */
  readonly chunk: string | null
  readonly passed: number
}

/** @throws HoldfastError `invalid-argument` (`cursor`) */
export function placeOf(cursor: string | null): Place {
  if (cursor === null) return { chunk: null, passed: 0 }
  const [, chunk = '', passed] = /^([\d-]*)\/(\d{1,15})$/.exec(cursor) ?? []
  if (passed === undefined)
    throw new HoldfastError('invalid-argument', 'cursor: is not one that this listing gave', {
      path: 'cursor',
    })
  return { chunk: chunk === '' ? null : chunk, passed: Number(passed) }
}

/** The cursor of the page behind one of `told` entries; `null` behind the last. */
export function placeAfter(place: Place, told: number, ofChunk: number, next: string | null): string | null {
  const passed = place.passed + told
  if (passed < ofChunk) return `${place.chunk ?? ''}/${passed}`
  return next === null ? null : `${next}/0`
}
