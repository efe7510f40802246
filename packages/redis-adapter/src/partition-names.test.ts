import slotOf from 'cluster-key-slot'
import { expect, it } from 'vitest'
import { partitionNames } from './partition-names.js'

it.each([
  [3, 12, [4, 4, 4]],
  [3, 48, [16, 16, 16]],
  [4, 12, [3, 3, 3, 3]],
  [5, 1_000, [200, 200, 200, 200, 200]],
])('%i nodes that share the slots share %i partitions evenly', (nodes, partitions, shares) => {
  const names = partitionNames(partitions)
  expect([...names].sort()).toEqual(names)
  expect(new Set(names).size).toBe(partitions)
  const counts = Array(nodes).fill(0)
  for (const name of names) counts[Math.floor((slotOf(name) * nodes) / 16_384)] += 1
  expect(counts).toEqual(shares)
})

it('are for good', () => {
  expect(partitionNames(null)).toEqual(['main'])
  expect(partitionNames(1)).toEqual(['p000'])
  expect(partitionNames(3)).toMatchInlineSnapshot(`
    [
      "p000a",
      "p001",
      "p002a",
    ]
  `)
})
