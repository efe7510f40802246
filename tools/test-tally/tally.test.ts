import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Each line: what a test file says, and what the last line and the exit status of a run over it must be. */
const runs: readonly (readonly [name: string, source: string, line: string, status: number])[] = [
  [
    'passes and skips',
    `test('a', () => {}); test.skip('b', () => {}); test.todo('c')`,
    '1 passed, 0 failed, 2 skipped',
    0,
  ],
  [
    'a failing test',
    `test('a', () => {}); test('b', () => { throw new Error('no') })`,
    '1 passed, 1 failed, 0 skipped',
    1,
  ],
  ['a file that does not load', `throw new Error('no')`, '0 passed, 1 failed, 0 skipped', 1],
  [
    'a group whose set-up fails',
    `describe('g', () => { beforeAll(() => { throw new Error('no') }); test('a', () => {}) })`,
    '0 passed, 1 failed, 1 skipped',
    1,
  ],
  [
    'an error that no test caught',
    `test('a', () => { void Promise.reject(new Error('no')) })`,
    '1 passed, 1 failed, 0 skipped',
    1,
  ],
  ['no test at all', `describe.skip('g', () => { test('a', () => {}) })`, '0 passed, 0 failed, 1 skipped', 1],
]

describe('npm test ends with one line and an honest status', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-tally-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  test.each(runs)('%s', { timeout: 60_000 }, (_name, source, line, status) => {
    const imports = `import { beforeAll, describe, test } from ${JSON.stringify(join(root, 'node_modules/vitest/dist/index.js'))}\n`
    writeFileSync(join(folder, 'sample.test.ts'), imports + source)
    const script = `
      import { runTests } from './tools/workspace/tests.mjs'
      process.exitCode = await runTests(process.cwd(), ['--root', ${JSON.stringify(folder)}])`
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(run.stdout.trimEnd().split('\n').at(-1)).toBe(line)
    expect(run.status).toBe(status)
  })
})
