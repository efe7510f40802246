import { digest } from '../identity/digest.js'
import { utf8Length } from '../input/text.js'

/**
 * Names of counters, guards and strikes are parts joined by `/`. No part can hold a `/`, so no id, whatever its
 * characters, reaches another's name. Five parts of at most 128 bytes and their tags stay below 512 bytes of UTF-8.
 *
 * - counter: `limit/<rule>/<window>/<scope>/<subject>`, the window left out where it is the lifetime
 * - guard: `unpaid/<scope>/<subject>`
 * - strikes: `strikes/<subject>`
 *
 * The subject comes last, so that what ends together (a window, a campaign) lies together in an ordered index.
 */

/** Most bytes of a part before it is digested. */
const LONGEST_PART = 128

/** A part of a name: `id` with `/`, `%` and control characters escaped, or its digest where that is too long. */
export function namePart(id: string): string {
  const escaped = NEEDS_ESCAPE.test(id) ? id.replace(ESCAPED, escapeUnit) : id
  if (escaped.length * 3 <= LONGEST_PART || utf8Length(escaped) <= LONGEST_PART) return escaped
  // No escape has a `#`, so that no id spells a digest.
  return `%#${digest(id)}`
}

const ESCAPED = /[%/\p{Cc}]/gu
const NEEDS_ESCAPE = /[%/\p{Cc}]/u

function escapeUnit(unit: string): string {
  return `%${unit.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

export const COUNTER_ROOT = 'limit/'

/** Begins the names of one rule's counters. */
export function counterRoot(rule: string): string {
  return `${COUNTER_ROOT}${namePart(rule)}/`
}

/** The part that tells the scope of a counter or guard, with the `/` after it. */
export function scopePart(scope: 'sku' | 'campaign', id: string): string {
  return `${scope}:${namePart(id)}/`
}

export const SHOP_PART = 'shop/'
export const GUARD_ROOT = 'unpaid/'
export const STRIKES_ROOT = 'strikes/'
