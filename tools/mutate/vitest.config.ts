import { defineConfig } from 'vitest/config'

/**
 * The tests that mutants are killed by: tables of core, which fail alike every time. Properties are left out: what they
 * find, they find by chance.
 */
export default defineConfig({
  test: {
    include: [`packages/core/src/{${process.env.HOLDFAST_TESTS_OF},none}/**/*.test.ts`],
    setupFiles: ['packages/core/test/without-properties.ts'],
    // A mutant that hangs is found out by the runner's own clock.
    testTimeout: 60_000,
    exclude: ['**/*.property.test.ts', '**/node_modules/**'],
  },
})
