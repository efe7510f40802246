import { describe, expect, it } from 'vitest'
import type { Command, Reserve } from '../port/commands.js'
import type { Refusal } from '../port/outcomes.js'
import { firstRefusal } from './first-refusal.js'
import type { Submit } from './homes.js'
import { orderOf, PATIENCE, PiecedWorld, SKUS } from './world.test-support.js'

const [A, B, C] = SKUS.map((sku) => ({ sku, pool: 'default' })) as [Key, Key, Key]
type Key = { readonly sku: string; readonly pool: string }
const order: Reserve = {
  ...orderOf('o', 'ada', SKUS),
  guards: [
    { name: 'guard', prior: ['older'] },
    { name: 'other', prior: [] },
  ],
}

/** Refusals as one order's pieces may give them, in the order of precedence. */
const refusals = {
  'id-reused': { kind: 'id-reused', differs: ['lines'] },
  tombstoned: { kind: 'tombstoned' },
  late: { kind: 'late' },
  'pool-not-served': { kind: 'pool-not-served', region: 'moon', served: [] },
  'account-unknown': { kind: 'account-unknown', accounts: [B] },
  'sale-not-open': { kind: 'sale-not-open', account: B, opensAt: 1 },
  'sale-closed': { kind: 'sale-closed', account: B, closedAt: 1 },
  'buyer-refused': { kind: 'buyer-refused', strikes: 3, until: null },
  'unpaid-order': { kind: 'unpaid-order', guard: 'other', id: 'o1', expiresAt: 1 },
  'window-passed': { kind: 'window-passed', use: 1 },
  'purchase-limit': { kind: 'purchase-limit', use: 1, counter: 'c', max: 1, used: 1, requested: 1 },
  'insufficient-stock': { kind: 'insufficient-stock', short: [{ account: B, requested: 1, available: 0 }] },
} satisfies { readonly [Kind in Refusal['kind']]: Extract<Refusal, { kind: Kind }> }
const inOrder: readonly Refusal[] = Object.values(refusals)

it.each(inOrder.slice(1).map((other, index) => [inOrder[index] as Refusal, other] as const))(
  '$0.kind goes before $1.kind',
  (first, other) => {
    expect(firstRefusal([first, other], order)).toEqual(first)
    expect(firstRefusal([other, first], order)).toEqual(first)
  },
)

const earlier: readonly [Refusal, Refusal][] = [
  [refusals['sale-not-open'], { ...refusals['sale-not-open'], account: A }],
  [refusals['sale-closed'], { ...refusals['sale-closed'], account: A }],
  [refusals['unpaid-order'], { ...refusals['unpaid-order'], guard: 'guard' }],
  [refusals['unpaid-order'], { ...refusals['unpaid-order'], guard: 'older' }],
  [refusals['window-passed'], { ...refusals['window-passed'], use: 0 }],
  [refusals['purchase-limit'], { ...refusals['purchase-limit'], use: 0 }],
]
it.each(earlier)(
  'of two alike, that of the order’s first line, guard or limit is told: $0.kind',
  (later, first) => {
    expect(firstRefusal([later, first], order)).toEqual(first)
    expect(firstRefusal([first, later], order)).toEqual(first)
  },
)

it('accounts that are unknown are told together, in the order of the lines', () => {
  const unknown = (...accounts: readonly Key[]) => ({ kind: 'account-unknown', accounts }) as const
  expect(firstRefusal([unknown(A, C), refusals.late, unknown(B)].slice(0, 1), order)).toEqual(unknown(A, C))
  expect(firstRefusal([unknown(C), refusals['sale-closed'], unknown(A, B)], order)).toEqual(unknown(A, B, C))
})

it('lines that are short are told together, in the order of the lines', () => {
  const short = (...accounts: readonly Key[]) => {
    return accounts.map((account, available) => ({ account, requested: 9, available }))
  }
  const told = (...accounts: readonly Key[]) => {
    return { kind: 'insufficient-stock', short: short(...accounts) } as const
  }
  expect(firstRefusal([told(C), told(A)], order)).toMatchObject({ short: [{ account: A }, { account: C }] })
})

describe('an order in pieces', () => {
  const send = async (world: PiecedWorld, command: Command, submit?: Submit) =>
    (await world.process(submit).send(command, PATIENCE)).outcome
  const confirm = (id: string) => ({ kind: 'confirm', id, home: id, payment: 'pi', retake: null }) as const
  const release = (id: string) => {
    return { kind: 'release', id, home: id, cause: 'seller', reason: null } as const
  }
  const figures = (world: PiecedWorld) => Promise.all(SKUS.map((sku) => world.figures(sku)))

  it('that many partitions refuse is told what one would tell, and takes nothing', async () => {
    const world = new PiecedWorld()
    await world.open(9)
    const window = { opensAt: null, closesAt: null, backorderLimit: 0 }
    const configure = (account: Key, version: number, more: Partial<typeof window> | object = {}) =>
      send(world, { kind: 'configure', account, version, ...window, ...more })
    await configure(B, 1, { closesAt: 1 })
    await configure(C, 1, { opensAt: Number.MAX_SAFE_INTEGER })
    // All of A is another buyer's; all uses are an order's that is paid; and one more is open.
    const free = { guards: [], risk: null }
    await send(world, { ...orderOf('all of A', 'bob', ['A'], { quantity: 4 }), ...free })
    await send(world, { ...orderOf('more of A', 'cyd', ['A'], { quantity: 3 }), ...free })
    await send(world, orderOf('open', 'ada', ['A']))
    await send(world, { ...orderOf('counted', 'ada', ['A']), ...free })
    await send(world, confirm('counted'))
    const asked = (skus: readonly string[]) => send(world, orderOf('o', 'ada', skus, { quantity: 2 }))

    const steps: readonly [Refusal['kind'], object, () => Promise<unknown>][] = [
      ['account-unknown', { accounts: [{ sku: 'NONE', pool: 'default' }] }, async () => {}],
      ['sale-not-open', { account: C }, () => configure(C, 2)],
      ['sale-closed', { account: B }, () => configure(B, 2)],
      ['unpaid-order', { id: 'open' }, () => send(world, confirm('open'))],
      ['purchase-limit', { used: 2, requested: 6, use: 0 }, async () => {}],
    ]
    for (const [kind, told, mends] of steps) {
      const skus = kind === 'account-unknown' ? [...SKUS, 'NONE'] : SKUS
      const before = await figures(world)
      expect(await asked(skus)).toMatchObject({ kind, ...told })
      expect(await figures(world)).toEqual(before)
      await mends()
    }
    expect(await send(world, orderOf('o', 'dan', ['A', 'B', 'C'], { quantity: 1 }))).toEqual({
      kind: 'insufficient-stock',
      short: [{ account: A, requested: 1, available: 0 }],
    })
    expect([...(await world.faults()), ...(await world.leftovers())]).toEqual([])
  })

  it('takes its units where another process only looked at them, and died', async () => {
    const world = new PiecedWorld()
    await world.open(1)
    const both = orderOf('o', 'ada', SKUS)
    for (const sku of ['A', 'B', 'C']) {
      const other = { ...orderOf(`all of ${sku}`, 'bob', [sku]), guards: [], risk: null }
      await send(world, other)
      const looking: Submit = (partition, command, call) => {
        const isEnd = command.kind === 'pieced' && command.step.kind === 'abort'
        return isEnd ? new Promise(() => {}) : world.direct(partition, command, call)
      }
      void send(world, both, looking)
      await new Promise((resolve) => setImmediate(resolve))
      await send(world, release(`all of ${sku}`))
    }
    expect(await send(world, both)).toMatchObject({ kind: 'granted', stock: 'taken' })
    const one = { available: 0, reserved: 1, sold: 0 }
    expect(await figures(world)).toEqual([one, one, one])
    await world.settle()
    expect([...(await world.faults()), ...(await world.leftovers())]).toEqual([])
  })
})
