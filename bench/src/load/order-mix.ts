import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { LawBroken, mustEqual } from '../law-broken.js'

export interface MixLine {
  readonly sku: string
  readonly quantity: number
}

/** What a call of the mix is meant to meet: a grant, its own earlier grant, or the buyer's open order. */
export type Meant = 'granted' | 'replayed' | 'unpaid-order'

/** What a contender answers; `sold-out` is met only where stock was made to end. */
export type Answer = Meant | 'sold-out'

export interface MixOrder {
  readonly meant: Meant
  /** `null`: a fresh order, whose id the contender makes. */
  readonly id: string | null
  readonly buyer: string
  readonly lines: readonly MixLine[]
}

export interface MixOptions {
  /** How many SKUs orders are spread over; 1 is the hot SKU. */
  readonly skus: number
  /** Their first one, by number: 0 if absent. */
  readonly firstSku?: number
  /** Distinct SKUs in one order. */
  readonly linesPerOrder: number
  /** Fresh orders alone, each by a buyer of its own: every one is granted. */
  readonly onlyFresh?: boolean
  /** Buyers begin here, so that contents that stay from round to round meet new ones. */
  readonly firstBuyer?: number
  readonly seed?: number
}

interface GrantedOrder {
  readonly id: string
  readonly buyer: string
  readonly lines: readonly MixLine[]
}

/** Of every fifty calls one is a replay and one is refused by the guard: 96 %, 2 %, 2 %. */
const CYCLE = 50
/** Replays and refusals come from the last 4,096 grants: from one in eight, for each that is kept costs an order's time. */
const REMEMBERED_EACH = 8
const REMEMBERED = 512
const STRIDE = 2654435761
/** 00 to ff, few enough to stay in the nearest cache: 65,536 of four digits took a twelfth of the fastest contender's time. */
const TWO_DIGITS = Array.from({ length: 0x100 }, (_, number) => number.toString(16).padStart(2, '0'))

/** Orders as a sale meets them, the same for every contender, and a count of their answers. */
export class OrderMix {
  readonly #options: MixOptions
  readonly #random
  readonly #recent: GrantedOrder[] = []
  readonly counts = { granted: 0, replayed: 0, 'unpaid-order': 0, 'sold-out': 0 }
  readonly #hotLine: readonly MixLine[]
  #calls = 0
  #remembered = 0
  #buyers: number

  constructor(options: MixOptions) {
    this.#options = options
    this.#random = xoroshiro128plus(options.seed ?? 1)
    this.#buyers = options.firstBuyer ?? 0
    this.#hotLine = [{ sku: skuName(options.firstSku ?? 0), quantity: 1 }]
  }

  /** The first buyer that no order has named yet. */
  get nextBuyer(): number {
    return this.#buyers
  }

  /** Each of one unit. */
  get linesPerOrder(): number {
    return this.#options.linesPerOrder
  }

  get skus(): readonly string[] {
    const { skus, firstSku = 0 } = this.#options
    return Array.from({ length: skus }, (_, index) => skuName(firstSku + index))
  }

  next(): MixOrder {
    const place = this.#options.onlyFresh ? 0 : this.#calls++ % CYCLE
    const earlier = place === 24 || place === 49 ? this.#anyRecent() : undefined
    if (earlier === undefined)
      return { meant: 'granted', id: null, buyer: this.#newBuyer(), lines: this.#lines() }
    const { buyer, lines } = earlier
    return place === 24
      ? { meant: 'replayed', id: earlier.id, buyer, lines }
      : { meant: 'unpaid-order', id: null, buyer, lines }
  }

  /** Counts the answer; any other than the one meant breaks a law, running out of stock excepted. */
  answered(order: MixOrder, id: string, answer: Answer): void {
    this.counts[answer] += 1
    if (
      answer === 'granted' &&
      this.#options.onlyFresh !== true &&
      this.counts.granted % REMEMBERED_EACH === 0
    )
      this.#recent[this.#remembered++ % REMEMBERED] = { id, buyer: order.buyer, lines: order.lines }
    if (answer === order.meant || (answer === 'sold-out' && order.meant === 'granted')) return
    throw new LawBroken(`order ${id} of ${order.buyer} was answered ${answer}, due ${order.meant}`)
  }

  /** Compares with what the store holds. */
  checkGrants(stored: number, before = 0): void {
    mustEqual('orders stored', stored - before, this.counts.granted)
  }

  #anyRecent(): GrantedOrder | undefined {
    if (this.#remembered === 0) return undefined
    return this.#recent[uniformInt(this.#random, 0, Math.min(this.#remembered, REMEMBERED) - 1)]
  }

  /** Distinct buyers in an order that jumps about the index, as real ones do. */
  #newBuyer(): string {
    const number = Math.imul(this.#buyers++, STRIDE)
    return `buyer-${hex(number >>> 24)}${hex(number >>> 16)}${hex(number >>> 8)}${hex(number)}`
  }

  #lines(): readonly MixLine[] {
    const { skus, firstSku = 0, linesPerOrder } = this.#options
    if (skus === 1) return this.#hotLine
    const chosen = new Set<number>()
    while (chosen.size < linesPerOrder) chosen.add(uniformInt(this.#random, 0, skus - 1))
    return [...chosen].sort((a, b) => a - b).map((index) => ({ sku: skuName(firstSku + index), quantity: 1 }))
  }
}

function skuName(index: number): string {
  return `SKU-${index.toString().padStart(6, '0')}`
}

/** The lowest byte, in two digits. */
function hex(number: number): string {
  return TWO_DIGITS[number & 0xff] as string
}
