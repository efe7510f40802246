import { OrderDesk } from '@holdfast/core'
import { expect, test } from 'vitest'
import { runToItsEnd } from '../child-process.js'
import { onEach } from '../databases.js'

const WORKING = new URL('../working-process.ts', import.meta.url)
const PROCESSES = ['one', 'two', 'three', 'four', 'five']

interface Sold {
  readonly placed: number
  readonly seconds: number
  readonly failures: readonly string[]
}

await onEach(['sqlite', 'postgres', 'mariadb'], ({ kind, place, open }) => {
  test('five processes sell orders of several lines that overlap: no deadlock is seen', async () => {
    const store = await open()
    const perSecond = new Map<string, number>()
    for (const task of ['disjoint', 'overlapping']) {
      const ends = await Promise.all(PROCESSES.map((name) => runToItsEnd(WORKING, place, task, name)))
      const sold = ends.map(({ said }) => JSON.parse(said) as Sold)
      expect(sold.flatMap(({ failures }) => failures)).toEqual([])
      const placed = sold.reduce((sum, one) => sum + one.placed, 0)
      expect(placed).toBe(PROCESSES.length * 400)
      perSecond.set(task, placed / Math.max(...sold.map(({ seconds }) => seconds)))
    }
    const { accounts } = await new OrderDesk({ store, policy: {} }).accounts({ limit: 1_000 })
    const shared = accounts.filter(({ sku }) => sku.startsWith('shared'))
    // 400 orders of 1, 2, 3, 1, 2, … units in three lines each, of five processes.
    const units = Array.from({ length: 400 }, (_, at) => 3 * (1 + (at % 3))).reduce(
      (sum, one) => sum + one,
      0,
    )
    expect(shared.reduce((sum, { reserved }) => sum + reserved, 0)).toBe(PROCESSES.length * units)
    expect(await new OrderDesk({ store, policy: {} }).audit()).toMatchObject({ ok: true, differences: [] })
    const [disjoint = 1, overlapping = 0] = [perSecond.get('disjoint'), perSecond.get('overlapping')]
    const ratio = (overlapping / disjoint).toFixed(2)
    process.stdout.write(
      `${kind}: overlapping ${Math.round(overlapping)}/s, disjoint ${Math.round(disjoint)}/s: ${ratio}\n`,
    )
  }, 600_000)
})
