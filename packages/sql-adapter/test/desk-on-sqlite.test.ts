import { sellFrom } from '../../core/src/desk/shop.test-support.js'
import { SqlStore } from '../src/index.js'

// A shop sees the same desk whatever it sells from: these are core's own tests of the desk, on SQLite.
sellFrom(({ clock, ...options }) =>
  SqlStore.open(':memory:', { ...options, clock: { kind: 'virtual', now: () => clock.now() } }),
)

const desk = '../../core/src/desk'
for (const tests of [
  'placing',
  'replays',
  'preview',
  'tickets',
  'payments',
  'settling',
  'stocking',
  'listings',
  'buyers',
  'campaigns',
  'compensations',
])
  await import(`${desk}/${tests}.test.ts`)
