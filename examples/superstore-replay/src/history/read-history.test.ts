import { expect, test } from 'vitest'
import { parseHistory, readHistory } from './read-history.js'

const HEAD = 'Order ID,Order Date,Customer ID,Region,Product ID,Product Name,Quantity'

test('the history is the public one: 5,009 orders, 9,994 lines, 793 customers, 1,862 products, four regions', async () => {
  const lines = await readHistory()
  const different = (name: keyof (typeof lines)[number]) => new Set(lines.map((line) => line[name])).size
  expect(lines.length).toBe(9_994)
  expect(different('orderId')).toBe(5_009)
  expect(different('customerId')).toBe(793)
  expect(different('productId')).toBe(1_862)
  expect(different('region')).toBe(4)
  expect(lines.reduce((sum, line) => sum + line.quantity, 0)).toBe(37_873)
})

test('quoted fields may hold commas and quotes, and no-break spaces become plain ones', () => {
  const [line] = parseHistory(`${HEAD}\nA-1,2014-01-03,C-1,West,P-1,"Binder, 3""\u00a0wide",2\n`)
  expect(line).toEqual({
    orderId: 'A-1',
    orderDate: '2014-01-03',
    customerId: 'C-1',
    region: 'West',
    productId: 'P-1',
    productName: 'Binder, 3" wide',
    quantity: 2,
  })
})

test.each([
  ['no such day', 'A-1,2014-13-03,C-1,West,P-1,Pen,2', 'row 1: 2014-13-03 is no day'],
  ['a day in words', 'A-1,3 Jan 2014,C-1,West,P-1,Pen,2', 'row 1: 3 Jan 2014 is no day'],
  ['half a unit', 'A-1,2014-01-03,C-1,West,P-1,Pen,0.5', 'row 1: 0.5 is no quantity'],
  ['no unit', 'A-1,2014-01-03,C-1,West,P-1,Pen,0', 'row 1: 0 is no quantity'],
  ['no customer', 'A-1,2014-01-03,,West,P-1,Pen,1', 'row 1: no Customer ID'],
  ['a field too few', 'A-1,2014-01-03,C-1,West,P-1,1', 'Invalid Record Length'],
])('%s stops the replay', (_what, row, message) => {
  expect(() => parseHistory(`${HEAD}\n${row}\n`)).toThrow(message)
})
