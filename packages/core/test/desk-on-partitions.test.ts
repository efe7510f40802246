import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openShop, sellFrom } from '../src/desk/shop.test-support.js'
import { MemoryStore } from '../src/index.js'

// A shop sees the same desk whatever it sells from: the desk's own tests, on a store of several partitions.
sellFrom((options) => new MemoryStore({ ...options, partitions: 5 }))

/**
 * Tests of the desk that ask no store; and those that count what one partition is asked, damage it, or hold it to figures
 * of one moment, as several cannot be (`desk-in-pieces.test.ts` says what they answer instead).
 */
const ofOnePartition = new Set(
  [
    'account-reads',
    'replays-together',
    'malformed-calls',
    'malformed-options',
    'order-id',
    'problem',
    'audit',
    'due-holds',
    'listings',
    'placing',
    'preview',
    'reconciling',
  ].map((name) => `${name}.test.ts`),
)

const desk = new URL('../src/desk/', import.meta.url)
const tests = readdirSync(desk).filter((name) => name.endsWith('.test.ts') && !ofOnePartition.has(name))
for (const name of tests) await import(new URL(name, desk).href)

it('these are tests of the desk on several partitions', async () => {
  const { store } = await openShop()
  expect(await store.partitions()).toHaveLength(5)
  expect(tests.length).toBeGreaterThan(10)
})
