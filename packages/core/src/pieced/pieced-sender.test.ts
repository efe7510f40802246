import { describe, expect, it } from 'vitest'
import type { LimitUse, Units } from '../port/claims.js'
import type { Reserve } from '../port/commands.js'
import type { PiecedStep } from '../port/pieced.js'
import { type Submit, stepAt } from './homes.js'
import { HOLD_MS, orderOf, PATIENCE, PiecedWorld, SKUS } from './world.test-support.js'

async function opened(): Promise<PiecedWorld> {
  const world = new PiecedWorld()
  await world.open()
  return world
}

describe('an order in pieces', () => {
  it('is granted with all its units, and paid', async () => {
    const world = await opened()
    const sender = world.process()
    const order = sender.routed(orderOf('o', 'ada', ['A', 'B']))
    const placed = await sender.send(order, PATIENCE)
    expect(placed.outcome).toMatchObject({ kind: 'granted', stock: 'taken' })
    expect(await world.figures('A')).toEqual({ available: 5, reserved: 1, sold: 0 })
    expect(await sender.send(order, PATIENCE)).toMatchObject({
      outcome: { kind: 'replayed', status: 'held' },
    })
    const confirm = { kind: 'confirm', id: 'o', home: 'o', payment: 'pi', retake: null } as const
    expect(await sender.send(confirm, PATIENCE)).toMatchObject({
      outcome: { kind: 'confirmed', late: false },
    })
    expect(await world.figures('A')).toEqual({ available: 5, reserved: 0, sold: 1 })
    expect(await world.figures('B')).toEqual({ available: 5, reserved: 0, sold: 1 })
    expect(await sender.send(confirm, PATIENCE)).toMatchObject({ outcome: { kind: 'already' } })
    expect([...(await world.faults()), ...(await world.leftovers())]).toEqual([])
  })

  it('expires as one, with one strike, and may be paid late', async () => {
    const world = await opened()
    const sender = world.process()
    await sender.send(orderOf('o', 'ada', ['A', 'B']), PATIENCE)
    world.clock.pass(HOLD_MS)
    const swept = await sender.send({ kind: 'sweep', limit: 10 }, PATIENCE)
    expect(swept.outcome).toMatchObject({ kind: 'swept', expired: ['o'] })
    expect(await world.figures('A')).toEqual({ available: 6, reserved: 0, sold: 0 })
    const confirm = { kind: 'confirm', id: 'o', home: 'o', payment: 'pi', retake: null } as const
    expect(await sender.send(confirm, PATIENCE)).toMatchObject({ outcome: { kind: 'confirmed', late: true } })
    expect(await world.figures('B')).toEqual({ available: 5, reserved: 0, sold: 1 })
    expect([...(await world.faults()), ...(await world.leftovers())]).toEqual([])
  })
})

describe('an order that is asked again when its claims lie elsewhere', () => {
  const atomic = { ...orderOf('o', 'ada', ['B']), guards: [], risk: null }
  const inPieces = orderOf('o', 'ada', ['A', 'B'])
  const counted = (order: Reserve, ...names: readonly string[]): Reserve => ({
    ...order,
    claims: { ...order.claims, uses: names.map((counter) => ({ ...use, counter })) },
  })
  const [use] = inPieces.claims.uses as [LimitUse]
  const cases: readonly [what: string, first: Reserve, again: Reserve][] = [
    ['a new rule puts it in pieces', counted(atomic), counted(atomic, 'limit/phones/shop/k1')],
    ['a rule that was dropped leaves it in one', counted(atomic, 'limit/phones/shop/k1'), counted(atomic)],
    [
      'a hash key’s rotation renames its limit',
      counted(inPieces, 'limit/phones/shop/k1'),
      counted(inPieces, 'limit/phones/shop/k2'),
    ],
    [
      'its pool is chosen anew',
      inPieces,
      { ...inPieces, claims: { ...inPieces.claims, units: inPieces.claims.units.map(inNorth) } },
    ],
    [
      'no pool is served any more',
      inPieces,
      { ...counted(inPieces), refuse: { kind: 'pool-not-served', region: 'moon', served: [] }, guards: [] },
    ],
  ]

  it.each(cases)('is found by its id: %s', async (_, first, again) => {
    const world = await opened()
    const shown = () => Promise.all(SKUS.map((sku) => world.figures(sku)))
    expect((await world.process().send(first, PATIENCE)).outcome.kind).toBe('granted')
    const granted = await shown()
    expect((await world.process().send(again, PATIENCE)).outcome).toMatchObject({
      kind: 'replayed',
      status: 'held',
    })
    expect(await shown()).toEqual(granted)
    expect([...(await world.faults()), ...(await world.leftovers())]).toEqual([])
  })
})

function inNorth({ account: { sku }, quantity }: Units): Units {
  return { account: { sku, pool: 'north' }, quantity }
}

const confirm = { kind: 'confirm', id: 'o', home: 'o', payment: 'pi', retake: null } as const

/** Has something happen when a process is about to take this step for the first time. */
function meanwhile(
  world: PiecedWorld,
  kind: PiecedStep['kind'],
  happens: (step: PiecedStep, home: string) => Promise<unknown>,
): Submit {
  let happened = false
  return async (partition, command, call) => {
    if (command.kind === 'pieced' && command.step.kind === kind && !happened) {
      happened = true
      await happens(command.step, command.home)
    }
    return world.direct(partition, command, call)
  }
}

describe('while a deferred order is being paid', () => {
  const cases: readonly [
    what: string,
    happens: (world: PiecedWorld) => (step: PiecedStep, home: string) => Promise<unknown>,
    answer: string,
    sold: readonly number[],
  ][] = [
    [
      'another ends the attempt',
      (world) => (step, home) => {
        const token = 'token' in step ? step.token : ''
        const abort = { kind: 'abort', token, refusal: null } as const
        return stepAt(world.direct, { id: 'o', home }, abort, PATIENCE)
      },
      'confirmed',
      [1, 1],
    ],
    [
      'it expires',
      (world) => async () => {
        world.clock.pass(HOLD_MS)
        await world.process().send({ kind: 'sweep', limit: 10 }, PATIENCE)
      },
      'confirmed',
      [1, 1],
    ],
    [
      'it is shrunk',
      (world) => async () => {
        const keep = [{ account: { sku: 'A', pool: 'default' }, quantity: 1 }]
        await world.process().send({ kind: 'shrink', id: 'o', home: 'o', keep }, PATIENCE)
      },
      'confirmed',
      [1, 0],
    ],
    [
      'it is cancelled',
      (world) => async () => {
        const release = { kind: 'release', id: 'o', home: 'o', cause: 'buyer', reason: null } as const
        await world.process().send(release, PATIENCE)
      },
      'refund-required',
      [0, 0],
    ],
    [
      'another payment is recorded',
      (world) => async () => {
        await world.process().send({ ...confirm, payment: 'other' }, PATIENCE)
      },
      'refund-required',
      [1, 1],
    ],
  ]

  it.each(cases)('%s', async (_, happens, answer, sold) => {
    const world = await opened()
    const deferred = orderOf('o', 'ada', ['A', 'B'], { stock: 'defer' })
    await world.process().send(deferred, PATIENCE)
    const paying = world.process(meanwhile(world, 'paid', happens(world)))
    expect((await paying.send(confirm, PATIENCE)).outcome.kind).toBe(answer)
    expect(await world.faults()).toEqual([])
    await world.settle()
    expect(await world.leftovers()).toEqual([])
    expect([(await world.figures('A'))?.sold, (await world.figures('B'))?.sold]).toEqual(sold)
  })
})

describe('while an order is being placed', () => {
  it('it is cancelled: nothing is granted, then or later', async () => {
    const world = await opened()
    const placing = world.process(
      meanwhile(world, 'admit', async () => {
        const release = { kind: 'release', id: 'o', home: 'o', cause: 'buyer', reason: null } as const
        await world.process().send(release, PATIENCE)
      }),
    )
    const order = orderOf('o', 'ada', ['A', 'B'])
    expect((await placing.send(order, PATIENCE)).outcome).toEqual({ kind: 'tombstoned' })
    expect((await world.process().send(order, PATIENCE)).outcome).toEqual({ kind: 'tombstoned' })
    expect(await world.figures('A')).toEqual({ available: 6, reserved: 0, sold: 0 })
  })

  it('somebody finds it due, and ends the attempt: it is placed by another', async () => {
    const world = await opened()
    const placing = world.process(
      meanwhile(world, 'admit', async () => {
        world.clock.pass(15_000)
        await world.process().send({ kind: 'sweep', limit: 10 }, PATIENCE)
        expect(await world.figures('A')).toEqual({ available: 6, reserved: 0, sold: 0 })
      }),
    )
    const granted = await placing.send(orderOf('o', 'ada', ['A', 'B']), PATIENCE)
    expect(granted.outcome.kind).toBe('granted')
    expect(await world.figures('A')).toEqual({ available: 5, reserved: 1, sold: 0 })
    expect(await world.leftovers()).toEqual([])
  })

  it('another call with the same id admits it: both are told so', async () => {
    const world = await opened()
    const order = orderOf('o', 'ada', ['A', 'B'])
    const placing = world.process(
      meanwhile(world, 'admit', async () => {
        expect((await world.process().send(order, PATIENCE)).outcome.kind).toBe('granted')
      }),
    )
    expect((await placing.send(order, PATIENCE)).outcome.kind).toBe('replayed')
    expect(await world.figures('B')).toEqual({ available: 5, reserved: 1, sold: 0 })
  })
})
