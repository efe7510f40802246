import type { DueCheck, HalfMessage, HalfMessageStatus } from '@holdfast/core/adapter'
import { Cursor } from '../records/cursor.js'
import { unpackMessages } from './packed-message.js'

/** By the numbers that stand for them in `lua/includes/half-messages.lua`. */
const STATUSES = ['prepared', 'committed', 'rolled-back', 'parked'] as const

export function numberOfStatus(status: HalfMessageStatus): number {
  return STATUSES.indexOf(status)
}

export function statusOf(number: number): HalfMessageStatus {
  return STATUSES[number] ?? 'prepared'
}

/** A text that may be missing. */
export function optional(text: string | null): string {
  return text === null ? '' : `=${text}`
}

/** A half message as it is kept: what is decided about it, and what is sent. */
export function halfOf(state: Buffer, packed: Buffer): DueCheck {
  const [message] = unpackMessages(packed) as [HalfMessage['message']]
  const cursor = new Cursor(state)
  const status = statusOf(cursor.byte())
  const checks = cursor.count()
  const preparedAt = cursor.large()
  const nextCheckAt = instant(cursor.large())
  const decidedAt = instant(cursor.large())
  const lease = cursor.large()
  // When the lease ends is the script's own.
  cursor.large()
  const checkAt = toldText(cursor.slice(cursor.count()))
  const lastError = toldText(cursor.rest())
  const half = { message, status, checkAt, checks, preparedAt, nextCheckAt, decidedAt, lastError }
  return { half, lease }
}

function instant(kept: number): number | null {
  return kept === 0 ? null : kept - 1
}

function toldText(kept: Buffer): string | null {
  return kept.length === 0 ? null : kept.toString('utf8', 1)
}
