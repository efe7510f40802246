import { defineConfig } from 'vitest/config'

/**
 * The tests that mutants are killed by: tables of core, which fail alike every time. Properties are left out: what they
 * find, they find by chance, and those of the laws take as long as all the others together. So are the crash points, which run
 * whole flows a thousand times, and begin with it where their cases are listed: every mutant would meet all of them.
 */
export default defineConfig({
  test: {
    include: [
      'packages/core/src/{machines,partition,pieced,policy}/**/*.test.ts',
      'packages/core/test/decided.test.ts',
    ],
    setupFiles: ['packages/core/test/without-properties.ts'],
    // A mutant that hangs is found out by the runner's own clock.
    testTimeout: 60_000,
    exclude: ['**/*.property.test.ts', '**/crash-points.test.ts', '**/node_modules/**'],
  },
})
