import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkPurity } from './purity.js'

const allowed: readonly string[] = [
  `export const until = (now: number, holdMs: number) => now + holdMs`,
  `export const day = (at: number) => new Date(at).toISOString()`,
  `export const start = Date.UTC(2025, 0, 1)`,
  `export const least = Math.min(1, 2)`,
  `import type { Readable } from 'node:stream'\nexport type Source = Readable`,
  `import { type Readable } from 'node:stream'\nexport type Source = Readable`,
  `export interface Clock { now(): number; process: string }`,
  `export const state = { process: 1, performance: 2 }.process`,
  `export function require(step: string) { return step }\nexport const step = require('notify')`,
  `export type Stamp = Date`,
]

const forbidden: readonly (readonly [source: string, fault: string])[] = [
  [`export const now = Date.now()`, 'Date.now'],
  [`export const now = () => Date['now']()`, 'Date by another name'],
  [`const { now } = Date\nexport { now }`, 'Date by another name'],
  [`export const today = new Date()`, 'new Date() of anything but one instant'],
  [`export const local = new Date(2025, 1, 1)`, 'new Date() of anything but one instant'],
  [`export const text = Date()`, 'Date by another name'],
  [`export const id = Math.random()`, 'Math.random'],
  [`const m = Math\nexport const id = m.random()`, 'Math by another name'],
  [`export const at = performance.now()`, 'performance'],
  [`export const zone = process.env.TZ`, 'process'],
  [`export const later = (work: () => void) => setTimeout(work, 1)`, 'setTimeout'],
  [`export const all = { setImmediate }`, 'setImmediate'],
  [`export const g = globalThis`, 'globalThis'],
  [`export const id = crypto.randomUUID()`, 'crypto'],
  [`export const here = import.meta.url`, 'import.meta'],
  [`import { DateTime } from 'luxon'\nexport const now = DateTime.now()`, 'DateTime.now'],
  [`import { DateTime } from 'luxon'\nexport const now = DateTime.utc()`, 'DateTime.utc'],
  [`import { readFileSync } from 'node:fs'\nexport const read = readFileSync`, 'loads node:fs'],
  [`export { createHash } from 'crypto'`, 'loads crypto'],
  [`export const load = () => import('node:os')`, 'loads node:os'],
  [`import { knex } from 'knex'\nexport const db = knex`, 'loads knex'],
]

describe('pure code', () => {
  let core = ''
  beforeEach(() => {
    core = mkdtempSync(join(tmpdir(), 'holdfast-purity-'))
  })
  afterEach(() => {
    rmSync(core, { recursive: true, force: true })
  })
  const write = (path: string, source: string) => {
    mkdirSync(dirname(join(core, 'src', path)), { recursive: true })
    writeFileSync(join(core, 'src', path), source)
  }

  test.each(allowed)('may say: %s', (source) => {
    write('policy/sample.ts', source)
    expect(checkPurity(core)).toEqual({ ok: true, output: '' })
  })

  test.each(forbidden)('may not say: %s', (source, fault) => {
    write('policy/sample.ts', source)
    expect(checkPurity(core)).toEqual({ ok: false, output: expect.stringContaining(fault) })
  })

  test.each(['machines', 'partition', 'policy'])('is looked for in %s, at any depth', (folder) => {
    write(`${folder}/deep/down/sample.ts`, 'export const now = Date.now()')
    expect(checkPurity(core).output).toBe(
      `src/${folder}/deep/down/sample.ts:1 uses Date.now, which pure code may not`,
    )
  })

  test('computing packages are for policy alone', () => {
    write('policy/sample.ts', `import { z } from 'zod'\nexport const name = z.string()`)
    expect(checkPurity(core).ok).toBe(true)
    write('machines/order/decide.ts', `import { z } from 'zod'\nexport const name = z.string()`)
    expect(checkPurity(core).output).toContain('src/machines/order/decide.ts:1 loads zod')
  })

  test('digests are for identities alone, and nothing else of node:crypto', () => {
    write('policy/sample.ts', `import { name } from '../identity/name.js'\nexport const guard = name('ada')`)
    write('identity/name.ts', `import { createHmac } from 'node:crypto'\nexport const name = createHmac`)
    expect(checkPurity(core).ok).toBe(true)
    write('identity/name.ts', `import { randomUUID as name } from 'node:crypto'\nexport { name }`)
    expect(checkPurity(core).output).toContain('src/identity/name.ts:1 loads node:crypto')
    write('machines/order/decide.ts', `import { name } from '../../identity/name.js'\nexport const id = name`)
    expect(checkPurity(core).output).toContain('src/machines/order/decide.ts:1 loads ../../identity/name.js')
  })

  test('what it loads must be pure as well, but for types', () => {
    write('memory/clock.ts', 'export const now = () => Date.now()')
    write('policy/sample.ts', `import type { now } from '../memory/clock.js'\nexport type Now = typeof now`)
    expect(checkPurity(core).ok).toBe(true)
    write('policy/sample.ts', `import { now } from '../memory/clock.js'\nexport const at = now()`)
    expect(checkPurity(core).output).toBe('src/memory/clock.ts:1 uses Date.now, which pure code may not')
  })

  test('tests of pure code are free', () => {
    write('machines/order/decide.test.ts', `import { test } from 'vitest'\ntest.todo(String(Date.now()))`)
    expect(checkPurity(core).ok).toBe(true)
  })

  test("Holdfast's own machines, partitions and policy are pure", () => {
    expect(checkPurity(fileURLToPath(new URL('../../packages/core', import.meta.url)))).toEqual({
      ok: true,
      output: '',
    })
  })
})
