/** What a buyer sends. The order's id was made when the cart was shown, so that sending it twice buys once. */
export interface Cart {
  readonly orderId: string
  readonly userId: string
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
  /** In cents. */
  readonly total: number
}

/** A cart that makes no sense. */
export class BadCart extends Error {}

/** Reads as much as the shop itself needs; ids, SKUs and quantities are the desk's to judge. */
export function readCart(body: unknown): Cart {
  const { orderId, userId, lines, total } = (body ?? {}) as Record<string, unknown>
  if (typeof orderId !== 'string' || typeof userId !== 'string')
    throw new BadCart('orderId and userId are texts')
  if (!Number.isSafeInteger(total) || (total as number) < 0) throw new BadCart('total is in whole cents')
  if (!Array.isArray(lines)) throw new BadCart('lines is a list')
  return { orderId, userId, lines, total: total as number }
}
