import { Layout } from '@holdfast/core/adapter'
import slotOf from 'cluster-key-slot'

const SLOTS = 16_384
/** The partition of a store that has one. */
const MAIN = 'main'

/**
 * Names of a store's partitions, sorted. They are tags of keys, and chosen so that their slots lie evenly: each in a
 * stretch of its own, all of one length. A cluster gives its nodes stretches too, so that nodes alike keep as many.
 */
export function partitionNames(count: number | null): readonly string[] {
  if (count === null) return [MAIN]
  return Layout.names(count).map((name, index) => evenlyPlaced(name, index, count))
}

/** The name with the shortest end that brings it into its stretch. */
function evenlyPlaced(name: string, index: number, count: number): string {
  const isInStretch = (tag: string) => Math.floor((slotOf(tag) * count) / SLOTS) === index
  for (let end = 0; ; end++) {
    const tag = name + letters(end)
    if (isInStretch(tag)) return tag
  }
}

/** Nothing, `a` to `z`, `ba` and on. */
function letters(number: number): string {
  return number === 0 ? '' : [...(number - 1).toString(26)].map(letter).join('')
}

function letter(digit: string): string {
  return String.fromCharCode('a'.charCodeAt(0) + Number.parseInt(digit, 26))
}
