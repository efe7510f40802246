import { describe, expect, it } from 'vitest'
import { HOLD_MS, orderOf, PATIENCE, PiecedWorld } from './world.test-support.js'

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
