import type { OrderDesk, Policy } from '@holdfast/core'
import { LawBroken } from '../law-broken.js'
import type { Answer, MixOrder } from '../load/order-mix.js'

/** As the yardsticks sell: two units of a SKU a buyer, and one unpaid order of it. */
export const POLICY: Policy = {
  holdFor: { minutes: 15 },
  limits: [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 }],
  unpaidOrder: { per: 'user', scope: 'sku' },
}

/** An order of the mix as a shop hands it to the desk, with 57 bytes of its own. Without `id` the desk mints one. */
export function requestOf({ buyer, lines }: Pick<MixOrder, 'buyer' | 'lines'>, id: string | null) {
  const data = `{"cart":"${buyer}","channel":"web","language":"en"}`
  const request = { buyer: { user: buyer }, lines, data }
  return id === null ? request : { ...request, id }
}

/** The desk's result in the words of the mix. */
export function answerOf(placed: Awaited<ReturnType<OrderDesk['place']>>): Answer {
  if (placed.ok) return placed.replayed ? 'replayed' : 'granted'
  if (placed.reason === 'unpaid-order') return 'unpaid-order'
  if (placed.reason === 'insufficient-stock') return 'sold-out'
  throw new LawBroken(`order ${placed.id} was refused for ${placed.reason}`)
}
