import type { Trouble } from '../server/engine.js'
import { Outdated } from '../server/errors.js'

/** Errors of MySQL and MariaDB after which the same may succeed. */
const PASSING = new Set([
  1205, // lock wait timeout
  1213, // deadlock
  1020, // record has changed since it was read
])

const CONSTRAINT = new Set([
  ...[1062, 1586], // duplicate key
  ...[1048, 1364], // null where there must be a value
  ...[1216, 1217, 1451, 1452], // foreign key
  ...[3819, 4025], // check: MySQL, MariaDB
  ...[1264, 1690], // out of range
])

/** The server ended the connection, or is going down. */
const ENDED = new Set([1053, 1927, 2006, 2013, 4031])

/** Tables or rows that another process made a moment before. */
const MADE_ALREADY = new Set([1050, 1061, 1062])

export function troubleOf(error: unknown): Trouble {
  if (error instanceof Outdated) return 'passing'
  const number = numberOf(error)
  if (number !== null && PASSING.has(number)) return 'passing'
  if (number !== null && CONSTRAINT.has(number)) return 'constraint'
  return isOfConnection(error) || (number !== null && ENDED.has(number)) ? 'lost' : 'other'
}

export function isPassing(error: unknown): boolean {
  const number = numberOf(error)
  return number !== null && (PASSING.has(number) || MADE_ALREADY.has(number))
}

/** The server's number of an error; `null` for errors that are not the server's. */
function numberOf(error: unknown): number | null {
  const number = error instanceof Error && 'errno' in error ? error.errno : null
  return typeof number === 'number' && number >= 1000 ? number : null
}

function isOfConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('fatal' in error && error.fatal === true) return true
  const code = 'code' in error ? error.code : undefined
  if (typeof code === 'string')
    return /^(E[A-Z]+|PROTOCOL_CONNECTION_LOST)$/.test(code) && !code.startsWith('ER')
  return /closed state|connection is closed/i.test(error.message)
}
