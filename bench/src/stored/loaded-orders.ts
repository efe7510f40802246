import { OrderDesk } from '@holdfast/core'
import type { SqlStoreOptions } from '@holdfast/sql-adapter'
import { restock } from '../desk/desk-contender.js'
import { answerOf, POLICY, requestOf } from '../desk/shop-desk.js'
import { LawBroken } from '../law-broken.js'
import { OrderMix } from '../load/order-mix.js'
import { PLENTY } from '../shop/shop-schema.js'
import { type IdKind, idAt } from './ids.js'
import { openPlace, type Place } from './place.js'

/** What a place holds before it is measured: orders of the hot SKU, first those whose hold is due. */
export interface Load {
  readonly due: number
  readonly held: number
  readonly ids: IdKind
}

const MINUTE = 60_000
/** How long ago the due holds were granted; the policy holds for half of that. */
const LONG_AGO = 30 * MINUTE
/** As many as go into one batch, and as many on their way. */
const CALLERS = 2 * 1_300

export interface Loaded extends Load {
  /** When the first due and the first held order were placed, ms. */
  readonly dueFrom: number
  readonly heldFrom: number
  /** The first buyer without an order. */
  readonly nextBuyer: number
}

/** Stores these orders, as the desk places them. */
export async function loadOrders(place: Place, load: Load): Promise<Loaded> {
  const mix = new OrderMix({ skus: 1, linesPerOrder: 1, onlyFresh: true })
  const dueFrom = Date.now() - LONG_AGO
  const past = { clock: { kind: 'virtual', now: () => Date.now() - LONG_AGO } } as const
  await placeAll({ place, mix, options: past, holdFor: { minutes: 15 } }, load.due, (index) =>
    idAt(load.ids, index, dueFrom),
  )
  const heldFrom = Date.now()
  // Long enough that none of these becomes due while it is measured.
  await placeAll({ place, mix, options: {}, holdFor: { days: 1 } }, load.held, (index) =>
    idAt(load.ids, load.due + index, heldFrom),
  )
  return { ...load, dueFrom, heldFrom, nextBuyer: mix.nextBuyer }
}

/** The id of one of its held orders. */
export function heldId({ ids, due, held, heldFrom }: Loaded, index: number): string {
  if (!(index >= 0 && index < held)) throw new RangeError(`no held order ${index}`)
  return idAt(ids, due + index, heldFrom)
}

interface Loading {
  readonly place: Place
  readonly mix: OrderMix
  readonly options: SqlStoreOptions
  readonly holdFor: { readonly minutes: number } | { readonly days: number }
}

async function placeAll(
  { place, mix, options, holdFor }: Loading,
  count: number,
  newId: (index: number) => string,
): Promise<void> {
  const { store, close } = await openPlace(place, options)
  // Nothing of this is measured: a busy machine may take its time.
  const patience = { deadline: { minutes: 5 }, batchLimit: 5_000 }
  const desk = new OrderDesk({ store, policy: { ...POLICY, holdFor }, ...patience })
  try {
    await restock(desk, mix.skus, PLENTY)
    let next = 0
    const caller = async () => {
      while (next < count) {
        const placed = await desk.place(requestOf(mix.next(), newId(next++)))
        if (answerOf(placed) !== 'granted') throw new LawBroken(`order ${placed.id} was loaded before`)
      }
    }
    await Promise.all(Array.from({ length: Math.min(CALLERS, count) }, caller))
  } finally {
    await desk.close()
    await close()
  }
}
