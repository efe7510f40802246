import { isHoldfastError, OrderDesk } from '@holdfast/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { OwnServer } from '../own-server.js'
import { countersIn, expectWhole, keptOf } from './commands.js'

const ORDERS = 40

describe.skipIf(!OwnServer.canRun())('a server that stops with its connections open', () => {
  let server: OwnServer
  beforeAll(async () => {
    server = await OwnServer.start()
  })
  afterAll(() => server.stop())

  it('calls settle by their own deadline as unknown, and are resolved later by their ids', async () => {
    const store = new RedisStore(server.connect())
    await store.create()
    const desk = new OrderDesk({ store, policy: {}, deadline: { seconds: 1 } })
    await desk.restock({ id: 'opening', sku: 'PHONE', quantity: 1_000 })
    const place = async (id: string) => {
      try {
        const placed = await desk.place({ id, buyer: { user: id }, lines: [{ sku: 'PHONE', quantity: 1 }] })
        return placed.ok ? 'placed' : placed.reason
      } catch (error) {
        return isHoldfastError(error) ? error.code : String(error)
      }
    }
    expect(await place('before')).toBe('placed')

    const ids = (when: string) => Array.from({ length: ORDERS }, (_, n) => `${when} ${n}`)
    const onTheWay = ids('on the way').map(place)
    await new Promise((resolve) => setImmediate(resolve))
    server.hang()
    const settled = await Promise.all([...onTheWay, ...ids('later').map(place)])
    expect(settled.filter((code) => !['placed', 'unknown', 'not-sent'].includes(code))).toEqual([])
    expect(settled.filter((code) => code === 'unknown').length).toBeGreaterThan(0)
    expect(desk.drops.unknown).toBeGreaterThan(0)
    server.goOn()

    const all = ['before', ...ids('on the way'), ...ids('later')]
    // Those that were sent are decided by now; the others are asked for again under the same ids.
    await store.apply('main', null, [{ kind: 'sweep', limit: 1 }])
    const kept = await keptOf(store, all)
    for (const id of all.filter((one) => !kept.includes(one))) expect(await place(id)).toBe('placed')
    expect(await countersIn(store)).toEqual({ available: 919, reserved: 81, sold: 0 })
    await expectWhole(store, 1_000, all)
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
    await desk.close()
  })
})
