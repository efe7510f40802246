import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const packages = fileURLToPath(new URL('./packages/', import.meta.url))

export default defineConfig({
  resolve: {
    // Tests read the packages' sources, so that they need no build; tools/packaging tests what is published.
    alias: [
      { find: /^@holdfast\/([^/]+)$/, replacement: `${packages}$1/src/index.ts` },
      { find: /^@holdfast\/([^/]+)\/([^/]+)$/, replacement: `${packages}$1/src/$2.ts` },
    ],
  },
  test: {
    include: ['{packages,examples}/*/{src,test}/**/*.test.ts', 'bench/**/*.test.ts', 'tools/**/*.test.ts'],
    // Property tests and real databases take their time on a small, busy machine; a hung test still ends.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['tools/services/test-setup.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
  },
})
