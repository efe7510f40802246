import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { command } from '../check/command.js'
import { build } from '../workspace/build.mjs'
import { withLock } from '../workspace/lock.mjs'
import { publishedPackages } from '../workspace/members.mjs'
import { createProject, type EmptyProject, hasBinary, runScript } from './empty-project.js'
import { pack } from './pack.js'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')
const roots = publishedPackages(root).flatMap(({ name, entries }) =>
  entries.map((entry) => (entry === 'index' ? name : `${name}/${entry}`)),
)
const sellsOnSqlite = roots.includes('@holdfast/sql-adapter') && hasBinary(root)

describe('the packed packages in an empty project', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'holdfast-shop-'))
  let project: EmptyProject

  beforeAll(async () => {
    await withLock(root, () => build(root))
    const tarballs = await pack(root, join(temporary, 'tarballs'))
    project = await createProject(root, join(temporary, 'shop'), tarballs)
    cpSync(join(root, 'tools/packaging/project'), project.folder, { recursive: true })
  }, 240_000)
  afterAll(() => rmSync(temporary, { recursive: true, force: true }))

  test.each(roots)('%s exports the same names to ESM and to CommonJS', async (name) => {
    writeFileSync(
      join(project.folder, 'names.mjs'),
      `console.log(Object.keys(await import('${name}')).sort().join())`,
    )
    writeFileSync(
      join(project.folder, 'names.cjs'),
      `console.log(Object.keys(require('${name}')).sort().join())`,
    )
    const [esm, commonJs] = await Promise.all([
      runScript(project, 'names.mjs'),
      runScript(project, 'names.cjs'),
    ])
    expect(esm).toEqual({ ok: true, output: expect.stringMatching(/^\w+(,\w+)*\n$/) })
    expect(commonJs).toEqual(esm)
  })

  const bought = `${JSON.stringify([true, 'unpaid-order', true, 99, 0, 1])}\n`

  test.each(['first-purchase.mjs', 'first-purchase.cjs'])('%s sells a unit from memory', async (script) => {
    expect(await runScript(project, script)).toEqual({ ok: true, output: bought })
  })

  // Reported as skipped where better-sqlite3 could not be built.
  test.runIf(sellsOnSqlite).each(['first-purchase-sqlite.mjs', 'first-purchase-sqlite.cjs'])(
    '%s sells a unit from a SQLite file',
    async (script) => {
      expect(await runScript(project, script)).toEqual({ ok: true, output: bought })
    },
  )

  test('their types compile from both kinds of module, declarations checked', {
    timeout: 120_000,
  }, async () => {
    const options = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--target',
      'es2022',
      '--module',
      'node16',
    ]
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const compiled = await command(
      process.execPath,
      [tsc, ...options, 'types.mts', 'types.cts'],
      project.folder,
    )
    expect(compiled).toEqual({ ok: true, output: '' })
  })
})
