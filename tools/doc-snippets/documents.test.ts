import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { type Program, programsIn } from './snippets.js'
import { typeCheck } from './type-check.js'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')
const typeScript = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

interface Runnable extends Program {
  readonly name: string
  readonly file: string
}

// Inside the workspace, so that a snippet finds the packages that a document tells its reader to install.
const generated = mkdtempSync(join(root, 'tools/doc-snippets/generated-'))
afterAll(() => rmSync(generated, { recursive: true, force: true }))

const runnable: readonly Runnable[] = documents(root).flatMap((path) => {
  const document = relative(root, path)
  return programsOf(path).map((program) => {
    const file = join(generated, `${document.replaceAll(/[\\/]/g, '-')}-${program.line}.ts`)
    mkdirSync(generated, { recursive: true })
    writeFileSync(file, program.source)
    return { ...program, name: `${document}:${program.line}`, file }
  })
})

describe('every document keeps its word', () => {
  test('its code compiles', { timeout: 120_000 }, () => {
    expect(
      typeCheck(
        root,
        runnable.map(({ file }) => file),
      ),
    ).toEqual([])
  })

  test.each(runnable)('$name runs', { timeout: 60_000 }, async ({ file }) => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-snippet-'))
    try {
      await expect(run(file, folder)).resolves.toMatchObject({ stderr: '' })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** As a reader would, in an empty folder; the packages are taken from their sources. */
function run(file: string, folder: string): Promise<{ readonly stderr: string }> {
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') }
  return promisify(execFile)(process.execPath, ['--import', typeScript, file], {
    cwd: folder,
    env,
    timeout: 50_000,
  })
}

function documents(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory())
      return /^(node_modules|dist|\..*|api-report)$/.test(entry.name) ? [] : documents(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

function programsOf(path: string): readonly Program[] {
  try {
    return programsIn(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`${relative(root, path)}, ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  }
}
