import { describe, expect, it } from 'vitest'
import type { Command } from '../port/commands.js'
import type { Submit } from './homes.js'
import { HOLD_MS, orderOf, PATIENCE, PiecedWorld } from './world.test-support.js'

// Units past stock are owed to a piece; a restock gives them to it, and the order as a whole is to hear of it, whoever
// dies on the way.

const B = { sku: 'B', pool: 'default' }
const ID = { id: 'o', home: 'o' } as const
const fill = { kind: 'fill', account: B, limit: 10 } as const
const confirm = { kind: 'confirm', ...ID, payment: 'pi', retake: null } as const
const anyTime = { opensAt: null, closesAt: null }
const configure = { kind: 'configure', account: B, version: 1, ...anyTime, backorderLimit: 10 } as const
/** Three units each of A and B, of which there are two. */
const order = (() => {
  const asked = orderOf('o', 'ada', ['A', 'B'], { quantity: 3 })
  return { ...asked, claims: { ...asked.claims, uses: [], backorder: true } }
})()

async function opened(): Promise<PiecedWorld> {
  const world = new PiecedWorld()
  await world.open(3)
  await send(world, { kind: 'supply', movement: 'broken', account: B, delta: -1, cause: 'broken' })
  await send(world, configure)
  return world
}

const send = async (world: PiecedWorld, command: Command, submit: Submit = world.direct) =>
  (await world.process(submit).send(command, PATIENCE)).outcome
const restock = (world: PiecedWorld) =>
  send(world, { kind: 'supply', movement: 'restock', account: B, delta: 5, cause: 'restock' })
/** What the order says that it is owed of B. */
const owed = async (world: PiecedWorld) => {
  const whole = await world.whole('o')
  return whole !== null && 'lines' in whole ? whole.lines[1]?.owed : undefined
}
/** A process that dies in its so-manieth command, before the store has it or after. */
const dying = (world: PiecedWorld, at: number, when: 'before' | 'after'): Submit => {
  let sends = 0
  return async (partition, command, call) => {
    const now = sends++
    if (now > at || (now === at && when === 'before')) throw new Error('died')
    const answer = await world.direct(partition, command, call)
    if (now === at) throw new Error('died')
    return answer
  }
}

describe.each([
  ['held', async () => {}],
  ['confirmed', async (world: PiecedWorld) => void (await send(world, confirm))],
] as const)('an order that is %s', (_, becomes) => {
  it.each([
    [0, 'after'],
    [1, 'before'],
    [1, 'after'],
    [2, 'before'],
    [2, 'after'],
  ] as const)(
    'hears of units that it was given, though who filled died at command %s, %s it',
    async (at, when) => {
      const world = await opened()
      expect(await send(world, order)).toMatchObject({ kind: 'granted', owed: [{ account: B, quantity: 1 }] })
      await becomes(world)
      expect(await owed(world)).toBe(1)
      await restock(world)
      await send(world, fill, dying(world, at, when)).catch(() => {})
      await world.settle()
      expect(await owed(world)).toBe(0)
      expect([...(await world.faults()), ...(await world.leftovers())]).toEqual([])
    },
  )
})

it('a fill names orders, and their homes hear of it at once', async () => {
  const world = await opened()
  await send(world, order)
  await restock(world)
  expect(await send(world, fill)).toEqual({ kind: 'filled', lines: [{ id: 'o', quantity: 1 }], more: false })
  expect(await owed(world)).toBe(0)
})

it('units that came before the order was admitted are heard of after it', async () => {
  const world = await opened()
  const placing: Submit = async (partition, command, call) => {
    if (command.kind === 'pieced' && command.step.kind === 'admit') {
      await restock(world)
      await send(world, fill)
    }
    return world.direct(partition, command, call)
  }
  expect(await send(world, order, placing)).toMatchObject({ kind: 'granted' })
  expect(await owed(world)).toBe(1)
  await world.settle()
  expect(await owed(world)).toBe(0)
})

it('units that came to pieces of a payment are heard of once it is recorded', async () => {
  const world = await opened()
  await send(world, order)
  world.clock.pass(HOLD_MS)
  await send(world, { kind: 'sweep', limit: 10 })
  const paying: Submit = async (partition, command, call) => {
    if (command.kind === 'pieced' && command.step.kind === 'paid') {
      await restock(world)
      await send(world, fill)
    }
    return world.direct(partition, command, call)
  }
  expect(await send(world, confirm, paying)).toMatchObject({ kind: 'confirmed', late: true })
  await world.settle()
  expect(await owed(world)).toBe(0)
  expect([...(await world.faults()), ...(await world.leftovers())]).toEqual([])
})

it('word of a piece that is not the order’s changes nothing', async () => {
  const world = await opened()
  await send(world, order)
  const whole = await world.whole('o')
  const home = whole?.status === 'held' ? whole.home : ''
  const [, partition = ''] = home.split('/').slice(1)
  const step = { kind: 'filled', piece: 'another', account: B, owedLeft: 0 } as const
  await world.direct(partition, { kind: 'pieced', id: 'o', home, step }, PATIENCE)
  expect(await owed(world)).toBe(1)
})
