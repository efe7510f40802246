import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkBoundaries } from './boundaries.js'

const cases: readonly (readonly [path: string, source: string, fault: string | null])[] = [
  ['sql-adapter/src/store.ts', `import { OrderDesk } from '@holdfast/core'`, null],
  ['sql-adapter/src/store.ts', `import { rules } from '@holdfast/core/adapter'`, null],
  [
    'sql-adapter/src/store.ts',
    `import { RedisStore } from '@holdfast/redis-adapter'`,
    'may not load @holdfast/redis-adapter',
  ],
  ['sql-adapter/src/store.test.ts', `import { RedisStore } from '@holdfast/redis-adapter'`, 'may not load'],
  ['sql-adapter/src/store.ts', `import type { RedisStore } from '@holdfast/redis-adapter'`, 'may not load'],
  [
    'sql-adapter/src/store.ts',
    `import { kit } from '@holdfast/conformance'`,
    'may not load @holdfast/conformance',
  ],
  ['sql-adapter/src/store.test.ts', `import { kit } from '@holdfast/conformance'`, null],
  [
    'sql-adapter/src/store.ts',
    `import { x } from '../../core/src/port/claims.js'`,
    'reaches out of its package',
  ],
  [
    'redis-adapter/src/store.ts',
    `export { SqlStore } from '@holdfast/sql-adapter'`,
    'may not load @holdfast/sql-adapter',
  ],
  ['conformance/src/index.ts', `import { OrderDesk } from '@holdfast/core'`, null],
  [
    'conformance/src/index.ts',
    `import { SqlStore } from '@holdfast/sql-adapter'`,
    'may not load @holdfast/sql-adapter',
  ],
  [
    'core/src/index.ts',
    `import { SqlStore } from '@holdfast/sql-adapter'`,
    'may not load @holdfast/sql-adapter',
  ],
  ['core/src/index.ts', `import { createHmac } from 'node:crypto'`, null],
  ['core/src/index.ts', `import { readFileSync } from 'node:fs'`, 'core has no I/O'],
  ['core/src/index.test.ts', `import { readFileSync } from 'node:fs'`, null],
  ['core/src/index.ts', `export * from './order.js'`, 'names no exports'],
  ['core/src/index.ts', `export * as order from './order.js'`, null],
  ['shop/src/index.ts', `export const one = 1`, 'neither core, conformance nor an adapter'],
]

describe('what each package may load', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'holdfast-boundaries-'))
  })
  afterEach(() => {
    rmSync(root, { recursive: true, force: true })
  })

  test.each(cases)('%s: %s', (path, source, fault) => {
    mkdirSync(dirname(join(root, 'packages', path)), { recursive: true })
    writeFileSync(join(root, 'packages', path), source)
    const expected =
      fault === null ? { ok: true, output: '' } : { ok: false, output: expect.stringContaining(fault) }
    expect(checkBoundaries(root)).toEqual(expected)
  })
})
