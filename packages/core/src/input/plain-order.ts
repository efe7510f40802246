import { isData, MOST_UNITS } from './fields.js'
import { idFault } from './map.js'
import { type OrderRequest, orderSchema } from './order.js'
import { parse } from './parse.js'

/** An order whose form was checked. */
export type CheckedOrder = ReturnType<typeof checkedBySchema>

/**
 * The order's form, checked. The plainest orders, nearly all in a sale, are known at a look; any other is the
 * schema's matter, which tells what is wrong with it. On the way of every order: a tenth of its garbage was the schema's.
 *
 * @throws HoldfastError `invalid-argument` with the field's path
 */
export function checkedOrder(order: OrderRequest): CheckedOrder {
  return plainOrder(order) ?? checkedBySchema(order)
}

function checkedBySchema(order: OrderRequest) {
  return parse(orderSchema, order, 'order')
}

/** A copy of an order of one line by a user, with or without an id and text; `null` for any other, right or wrong. */
export function plainOrder(order: unknown): CheckedOrder | null {
  if (!isObject(order)) return null
  for (const field in order) {
    if (field !== 'id' && field !== 'buyer' && field !== 'lines' && field !== 'data') return null
  }
  const { id, buyer, lines, data } = order
  if ((id !== undefined && !isId(id)) || (data !== undefined && !isData(data))) return null
  const user = plainUser(buyer)
  if (user === null || !Array.isArray(lines) || lines.length !== 1) return null
  const line = plainLine(lines[0])
  return line === null ? null : { id, buyer: { user }, lines: [line], data }
}

function plainUser(buyer: unknown): string | null {
  if (!isObject(buyer)) return null
  for (const field in buyer) if (field !== 'user') return null
  const { user } = buyer
  return isId(user) ? user : null
}

function plainLine(line: unknown): { sku: string; quantity: number } | null {
  if (!isObject(line)) return null
  for (const field in line) if (field !== 'sku' && field !== 'quantity') return null
  const { sku, quantity } = line
  if (!isId(sku) || typeof quantity !== 'number' || !Number.isInteger(quantity)) return null
  return quantity >= 1 && quantity <= MOST_UNITS ? { sku, quantity } : null
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && idFault(value) === null
}
