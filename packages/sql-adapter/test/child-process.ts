import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'tsup'
import { afterAll, onTestFinished } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** A process of its own that runs a script on the packages' sources; it ends with the test at the latest. */
export function start(script: URL, ...args: readonly string[]) {
  const path = fileURLToPath(script)
  const loader = path.endsWith('.ts') ? ['--import', 'tsx'] : []
  const child = spawn(process.execPath, [...loader, path, ...args], {
    cwd: ROOT,
    env: { ...process.env, TSX_TSCONFIG_PATH: `${ROOT}tsconfig.json` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

/** How such a process ended, and what it said. */
export async function runToItsEnd(script: URL, ...args: readonly string[]) {
  const child = start(script, ...args)
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return { said, code: code as number | null, signal: signal as NodeJS.Signals | null }
}

/** The script and the sources that it loads as one file, which goes with the test file: it starts four times as fast. */
export async function bundled(script: URL): Promise<URL> {
  // Beside the packages that it goes on loading.
  const folder = mkdtempSync(fileURLToPath(new URL('../node_modules/.bundled-', import.meta.url)))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  await build({
    entry: { script: fileURLToPath(script) },
    outDir: folder,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    tsconfig: `${ROOT}tsconfig.json`,
    external: ['knex', 'pg', 'mysql2', 'better-sqlite3'],
    ...{ config: false, clean: false, dts: false, splitting: false, silent: true },
  })
  return pathToFileURL(join(folder, 'script.mjs'))
}
