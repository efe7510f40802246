import type { Trouble } from '../server/engine.js'
import { Outdated } from '../server/errors.js'

/** Errors of PostgreSQL after which the same may succeed. */
const PASSING = new Set([
  '40001', // serialization failure
  '40P01', // deadlock
  '55P03', // lock not available
  '22012', // division by zero: how our statements say that a row is not as expected
])

/** The server ended the connection, or is going down. */
const ENDED = new Set(['57P01', '57P02', '57P03', '57P05'])

export function troubleOf(error: unknown): Trouble {
  if (error instanceof Outdated) return 'passing'
  const code = codeOf(error)
  if (code === null) return isOfConnection(error) ? 'lost' : 'other'
  if (PASSING.has(code)) return 'passing'
  // Class 23: integrity constraint violation; 08: connection exception.
  if (code.startsWith('23')) return 'constraint'
  return ENDED.has(code) || code.startsWith('08') ? 'lost' : 'other'
}

export function isPassing(error: unknown): boolean {
  const code = codeOf(error)
  // Another process makes the same tables: unique violations within the catalogue, or they are there already.
  return code === '23505' || code === '42P07' || code === '42710' || (code !== null && PASSING.has(code))
}

/** SQLSTATE; `null` for errors that are not the server's. */
function codeOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null
}

/** pg has no code for a connection that ends; sockets have theirs. */
function isOfConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  if (typeof code === 'string') return /^E[A-Z]+$/.test(code)
  return /connection (terminated|ended|error)|client was closed|not queryable/i.test(error.message)
}
