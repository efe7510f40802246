import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { murmur2, partitionOf } from './murmur2.js'

/** Key, hash and partition of 12, as Kafka's own Java code has them: made by `test/murmur2/Murmur2Table.java`. */
const table = JSON.parse(
  readFileSync(new URL('../test/murmur2/table.json', import.meta.url), 'utf8'),
) as readonly (readonly [key: string, hash: number, partition: number])[]

test('keys go where Java sends them', () => {
  expect(table.length).toBeGreaterThan(1_000)
  const ours = table.map(([key]) => [key, murmur2(new TextEncoder().encode(key)), partitionOf(key, 12)])
  expect(ours).toEqual(table)
})

test('a long key is hashed as a short one is', () => {
  const key = 'é'.repeat(2_000)
  expect(partitionOf(key, 12)).toBe((murmur2(new TextEncoder().encode(key)) & 0x7fffffff) % 12)
})
