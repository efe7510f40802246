import type { KeyName } from '@holdfast/core/adapter'

/** Where an entry stands in a stream: `epoch-sequence`, without gaps within an epoch. */
export interface EntryId {
  readonly epoch: number
  readonly sequence: number
}

export function entryIdOf(text: string): EntryId {
  const [epoch, sequence] = text.split('-').map(Number) as [number, number]
  return { epoch, sequence }
}

export function textOf({ epoch, sequence }: EntryId): string {
  return `${epoch}-${sequence}`
}

export function following({ epoch, sequence }: EntryId): EntryId {
  return { epoch, sequence: sequence + 1 }
}

/** Whether nothing can stand between them; `before`: `null` for the beginning. */
export function follows(before: EntryId | null, { epoch, sequence }: EntryId): boolean {
  if (before?.epoch === epoch) return sequence === before.sequence + 1
  return epoch > (before?.epoch ?? -1) && sequence === 1
}

const DIGITS = 16
const INDEX_DIGITS = 6
const ENTRY_DIGITS = 2 * DIGITS

/** The position of an entry's messages, without their index. */
export function entryPosition({ epoch, sequence }: EntryId): string {
  return padded(epoch, DIGITS) + padded(sequence, DIGITS)
}

/** Digits of fixed width, so that positions are in order as texts. */
export function positionOf(entry: string, index: number): string {
  return entry + padded(index, INDEX_DIGITS)
}

export function splitPosition(position: string): readonly [entry: string, index: number] {
  return [position.slice(0, ENTRY_DIGITS), Number(position.slice(ENTRY_DIGITS))]
}

/** Names a key so that no name begins as another's does: a position may follow it. */
export function keyText({ aggregate, key }: KeyName): string {
  return [aggregate, key].map((part) => `${Buffer.byteLength(part)}:${part}`).join('')
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0')
}
