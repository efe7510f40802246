import { defineConfig } from 'vitest/config'

/**
 * The tests that mutants are killed by: tables of core, which fail alike every time. The laws are left out: what they
 * find, they find by chance, and they take as long as all the others together.
 */
export default defineConfig({
  test: {
    include: [
      'packages/core/src/{machines,partition,policy,memory}/**/*.test.ts',
      'packages/core/test/decided.test.ts',
    ],
    exclude: ['**/*.property.test.ts', '**/node_modules/**'],
  },
})
