import { OrderDesk } from '@holdfast/core'
import { expect, test } from 'vitest'
import { runToItsEnd } from './child-process.js'
import { onEach } from './databases.js'

const WORKING = new URL('./working-process.ts', import.meta.url)
const HOLDS = 3_000

await onEach(['sqlite', 'postgres', 'mariadb'], ({ kind, place, open }) => {
  test('several processes sweep at once: each hold expires once, and no deadlock is seen', async () => {
    const policy = {
      holdFor: { milliseconds: 1 },
      limits: [{ id: 'lots', per: 'user', scope: 'sku', max: 9 }],
      risk: { strikesFor: { days: 1 } },
    } as const
    const desk = new OrderDesk({ store: await open(), policy, deadline: { minutes: 5 } })
    await desk.restock({ id: 'opening', sku: 'PHONE', quantity: HOLDS })
    const placed = await Promise.all(
      Array.from({ length: HOLDS }, (_, n) =>
        desk.place({ id: `order ${n}`, buyer: { user: `${n}` }, lines: [{ sku: 'PHONE', quantity: 1 }] }),
      ),
    )
    expect(placed.filter(({ ok }) => !ok)).toEqual([])
    const ends = await Promise.all(
      ['one', 'two', 'three', 'four'].map((name) => runToItsEnd(WORKING, place, 'sweep', name)),
    )
    const swept = ends.map(({ said }) => JSON.parse(said) as { expired: number; failures: readonly string[] })
    expect(swept.flatMap(({ failures }) => failures)).toEqual([])
    process.stdout.write(`${kind}: ${swept.map(({ expired }) => expired).join(' + ')} holds expired\n`)
    // What one process expired, no other did: a hold that was met twice would be counted twice, and struck twice.
    expect(swept.reduce((sum, { expired }) => sum + expired, 0)).toBe(HOLDS)
    expect(await desk.standing({ buyer: { user: '7' } })).toMatchObject({ strikes: 1 })
    expect(await desk.accounts({ sku: 'PHONE' })).toMatchObject({
      accounts: [{ available: HOLDS, reserved: 0 }],
    })
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
  }, 300_000)
})
