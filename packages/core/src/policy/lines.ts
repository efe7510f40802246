import type { HoldfastError } from '../errors.js'
import { digest } from '../identity/digest.js'
import { MOST_UNITS } from '../input/fields.js'
import { invalid } from '../input/parse.js'
import type { AccountKey, Units } from '../port/claims.js'

/** A line as its caller wrote it. */
export interface WrittenLine {
  readonly sku: string
  readonly quantity: number
  readonly pool?: string | undefined
}

/**
 * What the lines ask for of each account, sorted by SKU, then pool; lines of one account are summed.
 *
 * @param pool for lines that name none
 * @throws HoldfastError `invalid-argument` at the quantity that takes a sum past 1e9
 */
export function unitsOf(lines: readonly WrittenLine[], pool: string): readonly Units[] {
  const asked = lines.map((line) => asUnits(line, pool))
  return summed(asked, lines, pool).map(frozen)
}

type Sum = { -readonly [Field in keyof Units]: Units[Field] }

function asUnits(line: WrittenLine, pool: string): Sum {
  return { account: { sku: line.sku, pool: line.pool ?? pool }, quantity: line.quantity }
}

function summed(asked: Sum[], lines: readonly WrittenLine[], pool: string): readonly Sum[] {
  const sums: Sum[] = []
  let last: Sum | undefined
  // Most are in order: to see that costs less than to sort two.
  const sorted = asked.every((units, index) => index === 0 || byAccount(asked[index - 1] as Sum, units) <= 0)
  for (const units of sorted ? asked : asked.sort(byAccount)) {
    if (last === undefined || byAccount(last, units) !== 0) {
      last = units
      sums.push(units)
      continue
    }
    last.quantity += units.quantity
    if (last.quantity > MOST_UNITS) throw pastBound(last.account, lines, pool)
  }
  return sums
}

function byAccount({ account: one }: Units, { account: other }: Units): number {
  return compared(one.sku, other.sku) || compared(one.pool, other.pool)
}

function compared(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

function frozen(units: Sum): Units {
  Object.freeze(units.account)
  return Object.freeze(units)
}

/** The fault of the line at which its account's sum, in the order written, is too much. */
function pastBound(account: AccountKey, lines: readonly WrittenLine[], pool: string): HoldfastError {
  let sum = 0
  const at = lines.findIndex((line) => {
    if (line.sku === account.sku && (line.pool ?? pool) === account.pool) sum += line.quantity
    return sum > MOST_UNITS
  })
  return invalid(`lines[${at}].quantity`, `with other lines of its SKU, asks for more than ${MOST_UNITS}`)
}

/**
 * Digest of the lines as their caller wrote them, summed and sorted: a pool counts only if the caller named it, so
 * that a retry is known as such after the policy has changed.
 */
export function digestOfLines(lines: readonly WrittenLine[]): string {
  const inOrder = writtenInOrder(lines)
  if (inOrder !== null) return digest(inOrder)
  const sums = new Map<string, number>()
  for (const line of lines) {
    const account = writtenAccount(line)
    sums.set(account, (sums.get(account) ?? 0) + line.quantity)
  }
  const written = [...sums.keys()].sort().map((account) => `${account}*${sums.get(account)};`)
  return digest(written.join(''))
}

/** The same for lines that are sorted already, each of another account; `null` where they are not. */
function writtenInOrder(lines: readonly WrittenLine[]): string | null {
  let written = ''
  let last = ''
  for (const line of lines) {
    const account = writtenAccount(line)
    if (account <= last) return null
    written += `${account}*${line.quantity};`
    last = account
  }
  return written
}

/** With its length before it, a text ends where it ends, whatever its characters. */
function writtenAccount({ sku, pool }: WrittenLine): string {
  return pool === undefined ? `${sku.length}:${sku}-` : `${sku.length}:${sku}${pool.length}:${pool}`
}

/** Whether two orders' lines are written alike. */
export function sameLines(one: readonly WrittenLine[], other: readonly WrittenLine[]): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) {
    const { sku, quantity, pool } = one[index] as WrittenLine
    const line = other[index] as WrittenLine
    if (quantity !== line.quantity || sku !== line.sku || pool !== line.pool) return false
  }
  return true
}
