import type { AccountKey } from '../port/claims.js'

// Names that no shop's own can be: ids have at most 128 UTF-16 units and at least one, digests hold no `/`.

const LONGEST_ID = 128

/** What the id of a piece tells: its order, where that is at home, the attempt it belongs to. */
export interface PieceName {
  /** The order's id. */
  readonly id: string
  /** The order's home. */
  readonly home: string
  /** The attempt that it was reserved by. */
  readonly token: string
  /** Its number in the attempt. */
  readonly n: number
}

/** The id of a piece's reservation: longer than any id of a shop, so that neither is ever taken for the other. */
export function pieceId({ token, n, home, id }: PieceName): string {
  return JSON.stringify([token, n, home, id]).padStart(LONGEST_ID + 1)
}

export function isPieceId(id: string): boolean {
  return id.length > LONGEST_ID
}

/** What the piece's id tells; `null` for an order's own id. */
export function pieceNamed(pieceOrOrder: string): PieceName | null {
  if (!isPieceId(pieceOrOrder)) return null
  const [token, n, home, id] = JSON.parse(pieceOrOrder) as [string, number, string, string]
  return { token, n, home, id }
}

/** Where a reservation lies: told by its home, in stores of many partitions. */
export interface Place {
  readonly partition: string
  /** Whether that partition keeps the order's record, and its pieces lie in several. */
  readonly pieced: boolean
}

/** The home of a reservation of this buyer's at this place. A digest begins with no `/`. */
export function homeAt({ partition, pieced }: Place, buyer: string): string {
  return `${pieced ? PIECED : ATOMIC}${partition}/${buyer}`
}

/** Where the home says that its reservation lies; `null` for a buyer's digest alone. */
export function placeOf(home: string): Place | null {
  const pieced = home.startsWith(PIECED)
  if (!pieced && !home.startsWith(ATOMIC)) return null
  const begin = pieced ? PIECED.length : ATOMIC.length
  const end = home.lastIndexOf('/')
  return end <= begin ? null : { partition: home.slice(begin, end), pieced }
}

const ATOMIC = '/at/'
const PIECED = '/pieced/'

/** Whether the reservation is an order as a whole, whose units, uses and guards its pieces have. */
export function isWhole(id: string, home: string): boolean {
  return home.startsWith(PIECED) && !isPieceId(id)
}

/**
 * Stands in a piece of this attempt for the order's line of this number, whose units lie elsewhere: it is there for the
 * uses that go by its quantity. No account has this name: an empty text is no SKU.
 */
export function lineElsewhere(token: string, line: number): AccountKey {
  return { sku: '', pool: JSON.stringify([token, line]) }
}

export function isElsewhere({ sku }: AccountKey): boolean {
  return sku === ''
}
