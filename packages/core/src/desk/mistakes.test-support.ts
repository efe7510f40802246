// Faults of the fields that many calls share, each told at the field's own path.

export type Kind = 'type' | 'range' | 'size' | 'unknown field' | 'text'
type Path = string
/** What is wrong, where it is put, and where it is told if not there. */
export type Row = readonly [kind: Kind, at: Path, value: unknown, told?: Path]

export const HALF = 'A\ud83d'
const LONG = 'x'.repeat(129)
export const many = (count: number, of: (index: number) => unknown) =>
  Array.from({ length: count }, (_, n) => of(n))

export const id = (at: Path): readonly Row[] => [
  ['type', at, 5],
  ['size', at, ''],
  ['size', at, LONG],
  ['text', at, HALF],
]
export const units = (at: Path): readonly Row[] => [
  ['type', at, '1'],
  ['range', at, -1],
  ['range', at, 1.5],
  ['range', at, Number.NaN],
  ['range', at, 2 ** 53],
]
export const line = (list: Path): readonly Row[] => [
  ...id(`${list}[0].sku`),
  ...units(`${list}[0].quantity`),
  ['range', `${list}[0].quantity`, 0],
  ['range', `${list}[0].quantity`, 1e9 + 1],
  ['type', `${list}[0].pool`, null],
  ['unknown field', `${list}[0].price`, 5],
  ['size', list, []],
  ['size', list, many(101, () => ({ sku: 'A', quantity: 1 }))],
  ['type', list, { sku: 'A', quantity: 1 }],
]
export const buyer: readonly Row[] = [
  ['type', 'buyer', 'ada'],
  ...id('buyer.user'),
  ['text', 'buyer.phone', HALF],
  ['size', 'buyer.address', ''],
  ['type', 'buyer.ip', 0x7f000001],
  ['size', 'buyer.region', LONG],
  ['type', 'buyer.other', ['A1']],
  ['text', 'buyer.other', { device: HALF }, 'buyer.other.device'],
  ['unknown field', 'buyer.email', 'ada@example.org'],
]
export const order: readonly Row[] = [
  ...id('id'),
  ...buyer,
  ...line('lines'),
  ...id('campaign'),
  ['size', 'data', 'x'.repeat(4_097)],
  ['text', 'data', HALF],
  ['range', 'stock', 'hold'],
  ['unknown field', 'total', 5],
  // Found by the policy, whose rules these are, not by the form.
  [
    'range',
    'lines',
    [
      { sku: 'A', quantity: 6e8 },
      { sku: 'A', quantity: 6e8 },
    ],
    'lines[1].quantity',
  ],
  ['text', 'buyer.phone', 'not a number'],
  ['size', 'buyer', { user: 'ada' }, 'buyer.phone'],
]
export const account = [...id('sku'), ...id('pool')]
export const ofOrder = [...id('orderId'), ...id('home')]
export const page: readonly Row[] = [
  ['type', 'cursor', 5],
  ['size', 'cursor', ''],
  ['range', 'limit', 0],
  ['range', 'limit', 1_001],
  ['type', 'limit', '10'],
  ['unknown field', 'offset', 5],
]
export const callOptions: readonly Row[] = [
  ['type', 'deadline', 5_000],
  ['range', 'deadline', { seconds: -1 }, 'deadline.seconds'],
  ['range', 'deadline', { seconds: 0 }, 'deadline'],
  ['unknown field', 'deadline', { weeks: 1 }, 'deadline.weeks'],
  ['type', 'signal', true],
  ['unknown field', 'retries', 3],
]
export const window: readonly Row[] = [
  ['type', 'opensAt', 0],
  ['range', 'closesAt', new Date(Number.NaN)],
  ['range', 'closesAt', new Date(0)],
]
export const items: readonly Row[] = [
  ...id('items[0].sku'),
  ['type', 'items[0].pool', 5],
  ...units('items[0].backorderLimit'),
  ['unknown field', 'items[0].quantity', 1],
  ['size', 'items', []],
  ['size', 'items', many(1_001, (n) => ({ sku: `S${n}` }))],
]

/** `value` in the place of what `right` has at `lines[0].sku` or the like; at '', in place of all. */
export function mistaken(right: unknown, at: Path, value: unknown): unknown {
  const [, head = '', rest = ''] = /^\[?([^.[\]]*)\]?\.?(.*)$/.exec(at) ?? []
  if (head === '') return value
  if (Array.isArray(right)) {
    return right.map((one: unknown, index) => (index === Number(head) ? mistaken(one, rest, value) : one))
  }
  const fields = right as Record<string, unknown>
  return { ...fields, [head]: mistaken(fields[head], rest, value) }
}
