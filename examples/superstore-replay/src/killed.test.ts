import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { finished, run, start } from './child.test-support.js'
import type { FileSummary } from './report/file-report.js'
import { loadEngine } from './store/engine.js'

/** Thousands of commits: on a busy machine with a slow disk they take their time. */
const SLOW = { timeout: 240_000 }

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'superstore-replay-test-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/**
 * Ends a replay in its middle: some random time, up to `within` ms, after the file was there or a line was printed.
 */
async function killedReplay(path: string, signal: NodeJS.Signals, after: string, within: number) {
  const child = start(['--file', path])
  const end = finished(child)
  if (after === 'file') while (!existsSync(path) && child.exitCode === null) await pause(1)
  else await lineOf(child, after)
  const delay = Math.random() * within
  await pause(delay)
  child.kill(signal)
  return { ...(await end), delay }
}

function lineOf({ stderr, exitCode }: ReturnType<typeof start>, beginning: string): Promise<void> {
  expect(exitCode).toBe(null)
  return new Promise((resolve) => {
    let text = ''
    stderr?.on('data', (more) => {
      text += more
      if (text.includes(beginning)) resolve()
    })
    stderr?.once('end', resolve)
  })
}

describe.runIf((await loadEngine()).ok)(
  'a replay killed in the middle leaves a file that passes the audit',
  SLOW,
  () => {
    test.each([
      ['while its tables are made', 'file', 60],
      ['while the shelves are filled', 'file', 800],
      ['soon after 1,000 orders', '1,000 of', 200],
      ['soon after 2,000 orders', '2,000 of', 200],
    ])('%s', async (_when, after, within) => {
      const path = join(folder, 'shop.db')
      const { status, delay } = await killedReplay(path, 'SIGKILL', after, within)
      expect(status).toBe(null)
      const audited = await run(['--audit', path, '--json'])
      expect({ delay, stderr: audited.stderr, status: audited.status }).toEqual({
        delay,
        stderr: '',
        status: 0,
      })
      const { orders, units, audit } = JSON.parse(audited.stdout) as FileSummary
      expect(audit.ok).toBe(true)
      expect(orders.total).toBeLessThan(4_160)
      expect(units.available + units.reserved + units.sold).toBe(units.supplied)
    })

    test('and one that is told to end leaves no folder behind', async () => {
      const child = start([], [], { TMPDIR: folder, TEMP: folder, TMP: folder })
      const end = finished(child)
      await lineOf(child, '1,000 of')
      expect(replayFolders()).toHaveLength(1)
      child.kill('SIGTERM')
      expect((await end).status).toBe(143)
      expect(replayFolders()).toEqual([])
    })
  },
)

function replayFolders(): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('superstore-replay-'))
}
