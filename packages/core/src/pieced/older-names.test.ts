import { describe, expect, it } from 'vitest'
import type { Reserve } from '../port/commands.js'
import { HOLD_MS, orderOf, PATIENCE, PiecedWorld } from './world.test-support.js'

// A hash key is rotated: limits, guards and strikes have new names, which lie in other partitions than the old ones.

const MAX = 4
const [OLD, NEW] = ['k1.lea', 'k2.lea']

/** An order of the buyer under a key, which knows the name under the key before it. */
function under(
  key: string,
  id: string,
  skus: readonly string[],
  older: readonly string[],
  quantity = 1,
): Reserve {
  const order = orderOf(id, key, skus, { quantity })
  const prior = (root: string) => older.map((name) => root + name)
  const [use] = order.claims.uses
  if (use === undefined || order.risk === null) throw new Error('an order without rules')
  return {
    ...order,
    home: 'lea',
    claims: {
      ...order.claims,
      fingerprint: { ...order.claims.fingerprint, buyer: 'lea' },
      uses: [{ ...use, prior: prior('limit/phones/shop/') }],
    },
    guards: order.guards.map(({ name }) => ({ name, prior: prior('unpaid/shop/') })),
    risk: { ...order.risk, prior: prior('strikes/'), deferAt: 1, refuseAt: 2 },
  }
}
const before = (id: string, skus: readonly string[], quantity?: number) => under(OLD, id, skus, [], quantity)
const after = (id: string, skus: readonly string[], quantity?: number) =>
  under(NEW, id, skus, [OLD], quantity)
const unguarded = (order: Reserve): Reserve => ({ ...order, guards: [] })
/** Of C alone it lies in one partition with its limit and its guard. */
const alone = (order: Reserve): Reserve => ({ ...unguarded(order), risk: null })
/** In one partition with its limit, as its name falls. */
const SAME = 'limit/phones/shop/'

async function opened() {
  const world = new PiecedWorld()
  await world.open()
  const sender = world.process()
  const send = async (command: Parameters<typeof sender.send>[0]) =>
    (await sender.send(command, PATIENCE)).outcome
  return { world, send }
}

describe('after a hash key’s rotation', () => {
  it('names lie in other partitions than before', async () => {
    const { world } = await opened()
    const placesOf = ({ claims, guards, risk, ...order }: Reserve) => [
      world.store.partitionsOf({ ...order, claims: { ...claims, units: [] }, guards: [], risk: null }),
      world.store.partitionsOf({ ...order, claims: { ...claims, units: [], uses: [] }, guards, risk: null }),
      world.store.partitionsOf({ ...order, claims: { ...claims, units: [], uses: [] }, guards: [], risk }),
    ]
    const [was, is] = [placesOf(before('o', ['A'])), placesOf(after('o', ['A']))]
    for (const [n, places] of is.entries()) expect(places).not.toEqual(was[n])
  })

  it.each([[['C']], [['A', 'B']]])('uses under the older name count: of %s', async (skus) => {
    const { world, send } = await opened()
    expect(await send(unguarded(before('first', ['A', 'B'], 1)))).toMatchObject({ kind: 'granted' })
    expect(await send(unguarded(before('second', ['C'], 1)))).toMatchObject({ kind: 'granted' })
    const asked = 2
    expect(await send(unguarded(after('third', skus, asked)))).toEqual({
      kind: 'purchase-limit',
      use: 0,
      counter: `${SAME}${NEW}`,
      max: MAX,
      used: 3,
      requested: asked * skus.length,
    })
    expect(await send(unguarded(after('fourth', ['C'])))).toMatchObject({ kind: 'granted' })
    expect(await send(unguarded(after('fifth', ['C'])))).toMatchObject({ kind: 'purchase-limit', used: 4 })
    expect([...(await world.faults()), ...(await world.leftovers())]).toEqual([])
  })

  it.each([[['C']], [['A', 'B']]])(
    'an unpaid order under the older name stands in the way: of %s',
    async (skus) => {
      const { world, send } = await opened()
      expect(await send(before('first', skus))).toMatchObject({ kind: 'granted' })
      expect(await send(after('second', ['C']))).toMatchObject({ kind: 'unpaid-order', id: 'first' })
      // It is not in its own way, and is found again.
      expect(await send(after('first', skus))).toMatchObject({ kind: 'replayed', status: 'held' })
      const confirm = { kind: 'confirm', id: 'first', home: 'first', payment: 'pi', retake: null } as const
      expect(await send(confirm)).toMatchObject({ kind: 'confirmed' })
      expect(await send(after('second', ['C']))).toMatchObject({ kind: 'granted' })
      // What was granted stays so, whoever has the older guard by then.
      expect(await send(before('of an older process', ['B']))).toMatchObject({ kind: 'granted' })
      expect(await send(after('second', ['C']))).toMatchObject({ kind: 'replayed', status: 'held' })
      expect([...(await world.faults()), ...(await world.leftovers())]).toEqual([])
    },
  )

  it('an order that is due stands in nobody’s way', async () => {
    const { world, send } = await opened()
    expect(await send(before('first', ['A', 'B']))).toMatchObject({ kind: 'granted' })
    world.clock.pass(HOLD_MS)
    expect((await send(after('second', ['C']))).kind).toBe('granted')
    expect(await world.faults()).toEqual([])
  })

  it.each<[strikes: number, outcome: object]>([
    [1, { kind: 'granted', stock: 'deferred' }],
    [2, { kind: 'buyer-refused', strikes: 2 }],
  ])('%i strikes under the older name count', async (strikes, outcome) => {
    const { world, send } = await opened()
    for (let n = 0; n < strikes; n++) {
      const order = before(`left ${n}`, ['A', 'B'])
      expect(await send({ ...order, risk: order.risk && { ...order.risk, deferAt: null } })).toMatchObject({
        kind: 'granted',
      })
      world.clock.pass(HOLD_MS)
      await send({ kind: 'sweep', limit: 100 })
      await world.settle()
    }
    expect(await send(after('next', ['B']))).toMatchObject(outcome)
    expect(await world.faults()).toEqual([])
  })

  it('what is refused otherwise keeps its reason', async () => {
    const { send } = await opened()
    expect(await send(alone(before('first', ['A'], 4)))).toMatchObject({ kind: 'granted' })
    const refuse = { kind: 'pool-not-served', region: 'moon', served: [] } as const
    expect(await send({ ...alone(after('second', ['A'])), refuse })).toEqual(refuse)
  })
})
