import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const typeScript = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const tsconfig = fileURLToPath(new URL('../../../tsconfig.json', import.meta.url))

/** Runs a file under Node's own test runner; what it printed, whether it passed or not. */
async function underNodeTest(file: string): Promise<string> {
  const path = fileURLToPath(new URL(`node-test/${file}`, import.meta.url))
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', typeScript, '--test-reporter=tap', path],
    { env: { ...env, TSX_TSCONFIG_PATH: tsconfig }, timeout: 50_000, maxBuffer: 2 ** 26 },
  ).catch((failure: { stdout: string }) => failure)
  return stdout
}

/** The figure that the runner sums up under this name. */
function summed(output: string, name: string): number {
  return Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(output)?.[1])
}

describe('under node:test', () => {
  test('a right store passes, and what was declined is printed', async () => {
    const output = await underNodeTest('memory.ts')
    expect(summed(output, 'pass')).toBeGreaterThan(600)
    expect([summed(output, 'fail'), summed(output, 'skipped')]).toEqual([0, 0])
    expect(output).toContain('cases declined by the declared capabilities: ')
    expect(output).toContain('for want of restart')
  })

  test('a wrong store fails once, and the rest is skipped with the reason', async () => {
    const output = await underNodeTest('wrong-store.ts')
    expect(summed(output, 'fail')).toBe(1)
    expect(summed(output, 'skipped')).toBeGreaterThan(100)
    expect(output).toMatch(/# SKIP not run after the failure of /)
  })
})
