import * as z from 'zod'
import { isWellFormed } from './text.js'

/**
 * An object of entries, parsed to a map; entries that are `undefined` are left out. By hand, because a record of zod
 * drops a key `__proto__` unseen.
 *
 * @param fault what is wrong with an entry, told at its key; `null` if nothing
 * @param most entries at most
 */
export function mapSchema<Value>(
  message: string,
  fault: (key: string, value: unknown) => string | null,
  most: number,
) {
  return z
    .custom<Readonly<Record<string, Value>>>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      { error: message, abort: true },
    )
    .transform((entries, context): ReadonlyMap<string, Value> => {
      const map = new Map<string, Value>()
      for (const key of Object.keys(entries)) {
        const value = entries[key]
        if (value === undefined) continue
        const found = fault(key, value)
        if (found !== null) {
          context.addIssue({ code: 'custom', path: [key], message: found })
          return z.NEVER
        }
        map.set(key, value)
      }
      if (map.size > most) context.addIssue({ code: 'custom', message: `must hold at most ${most} entries` })
      return map
    })
}

/** What keeps `value` from being an id or a subject; `null` if nothing. */
export function idFault(value: unknown): string | null {
  if (typeof value !== 'string') return 'must be a string'
  if (value === '') return 'must not be empty'
  if (value.length > 128) return 'must have at most 128 characters (UTF-16 units)'
  return isWellFormed(value) ? null : 'must be well-formed text: it holds half of a surrogate pair'
}

/** Kinds of identity that have a field of their own: an own kind may not bear their name. */
const NAMED_KINDS: ReadonlySet<string> = new Set(['user', 'phone', 'address', 'ip'])

/** What keeps `kind` from being the name of an own kind of identity; `null` if nothing. */
export function ownKindFault(kind: string): string | null {
  if (NAMED_KINDS.has(kind)) return 'has a field of its own, so it is no own kind'
  return idFault(kind) === null ? null : 'is no name for a kind: well-formed text of 1 to 128 characters'
}
