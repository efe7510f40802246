import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openShop, sellFrom } from '../../core/src/desk/shop.test-support.js'
import { SqlStore } from '../src/index.js'

// A shop sees the same desk whatever it sells from: these are core's own tests of the desk, on SQLite.
sellFrom(({ clock, ...options }) =>
  SqlStore.open(':memory:', { ...options, clock: { kind: 'virtual', now: () => clock.now() } }),
)

/** Tests of the desk that ask no store, or say what a store in memory cannot do. */
const ofNoStore = new Set([
  'malformed-calls.test.ts',
  'malformed-options.test.ts',
  'order-id.test.ts',
  'problem.test.ts',
])

const desk = new URL('../../core/src/desk/', import.meta.url)
const tests = readdirSync(desk).filter((name) => name.endsWith('.test.ts') && !ofNoStore.has(name))
for (const name of tests) await import(new URL(name, desk).href)

it('these are tests of the desk on SQLite', async () => {
  const { store } = await openShop()
  expect(store).toBeInstanceOf(SqlStore)
  expect(tests.length).toBeGreaterThan(10)
})
