import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from './child.test-support.js'
import { loadEngine } from './store/engine.js'

const withoutSqlite = fileURLToPath(new URL('./without-sqlite.test-support.mjs', import.meta.url))
const hasSqlite = (await loadEngine()).ok

/** Thousands of commits: on a busy machine with a slow disk they take their time. */
const SLOW = { timeout: 240_000 }

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'superstore-replay-test-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** The document without what may differ from run to run. */
function documentOf(stdout: string): Record<string, unknown> {
  expect(stdout).toMatch(/^\{.*\}\n$/)
  const { elapsedMs, ...rest } = JSON.parse(stdout) as Record<string, unknown>
  expect(elapsedMs).toSatisfy((ms) => Number.isInteger(ms) && Number(ms) > 0)
  return rest
}

const DEFAULT_IN_MEMORY = {
  store: 'memory',
  orders: {
    total: 5_009,
    paid: 3_212,
    cancelled: 526,
    expired: 422,
    rejected: { insufficientStock: 375, purchaseLimit: 414, unpaidOrder: 60 },
  },
  units: { supplied: 36_353, available: 15_938, reserved: 0, sold: 20_415 },
  accounts: 5_298,
  audit: { ok: true, accountsChecked: 5_298 },
}

describe('in memory', () => {
  test('--json prints one document alone, its keys in the documented order', async () => {
    const { status, stdout, stderr } = await run(['--json', '--store', 'memory'])
    expect(status).toBe(0)
    expect(JSON.stringify(documentOf(stdout))).toBe(JSON.stringify(DEFAULT_IN_MEMORY))
    expect(Object.keys(JSON.parse(stdout) as object).at(-1)).toBe('elapsedMs')
    expect(stderr).toContain('5,009 of 5,009 orders placed')
  })

  test('a person reads a summary of at most 80 columns', async () => {
    const { status, stdout } = await run(['--store', 'memory', '--stock-ratio', '0.5', '--restock'])
    expect(status).toBe(0)
    for (const what of [
      /paid +1,529/,
      /cancelled by the buyer +254/,
      /expired unpaid +210/,
      /not enough in stock +2,573/,
      /purchase limit reached +413/,
      /another order unpaid +30/,
      /Most contested products/,
      /24,382 supplied = 17,870 available \+ 0 reserved \+ 6,512 sold/,
      /Audit {2}holds/,
      /orders per second/,
    ]) {
      expect(stdout).toMatch(what)
    }
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  test('is where the replay goes on when better-sqlite3 cannot be loaded, as one line says', async () => {
    const { status, stdout, stderr } = await run(['--json'], [withoutSqlite])
    expect(status).toBe(0)
    expect(documentOf(stdout)).toEqual(DEFAULT_IN_MEMORY)
    expect(stderr.match(/.*better-sqlite3.*\n/g)).toEqual([
      "superstore-replay: better-sqlite3 cannot be loaded, so this goes on in memory and writes no file: Cannot find package 'better-sqlite3'\n",
    ])
  })
})

describe('what cannot be is told in one line, with exit status 2 and nothing on standard output', () => {
  async function refused(
    args: readonly string[],
    message: string | RegExp,
    preload: readonly string[] = [],
  ): Promise<void> {
    const { status, stdout, stderr } = await run(args, preload)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^superstore-replay: [^\n]+\n$/)
    expect(stderr).toMatch(message)
  }

  test.each([
    [['--limit', '0'], '--limit'],
    [['--stock-ratio', '1e300'], 'more units than can be counted exactly'],
    [['--store', 'redis', '--json'], '--store'],
    [['--audit', join(tmpdir(), 'no', 'such', 'file.db')], 'there is no such file'],
    [['--audit', tmpdir()], 'is not a file'],
  ])('%j', (args, message) => refused(args, message))

  test.each([
    ['an empty file', '', []],
    ['a text', 'something of the user’s', []],
    ['a file, without SQLite too,', '', [withoutSqlite]],
  ])('--file refuses %s that is there, and leaves it as it is', async (_what, contents, preload) => {
    const path = join(folder, 'shop.db')
    writeFileSync(path, contents)
    await refused(['--file', path], 'exists already', preload)
    expect(readFileSync(path, 'utf8')).toBe(contents)
  })

  test.runIf(hasSqlite)('--file in a folder that is not there', async () => {
    await refused(['--file', join(folder, 'no', 'shop.db')], 'no such folder')
  })

  test.runIf(hasSqlite)('--file beside the log of a file that is gone', async () => {
    writeFileSync(join(folder, 'shop.db-wal'), '')
    await refused(['--file', join(folder, 'shop.db')], /shop\.db-wal is in the way/)
    expect(existsSync(join(folder, 'shop.db'))).toBe(false)
  })

  test.runIf(hasSqlite)('--audit of a text', async () => {
    const path = join(folder, 'notes.txt')
    writeFileSync(path, 'a text of some length, which SQLite takes for no database of its own'.repeat(20))
    await refused(['--audit', path], 'is not a file that a replay left')
  })

  test.runIf(hasSqlite)("--audit of somebody else's database, which stays as it is", async () => {
    const path = join(folder, 'other.db')
    const loaded = await loadEngine()
    if (!loaded.ok) throw new Error(loaded.why)
    const connection = new loaded.engine(path)
    connection.exec('create table stamps (id integer primary key)')
    connection.close()
    const before = readFileSync(path)
    await refused(['--audit', path], 'is not a file that a replay left')
    expect(readFileSync(path).equals(before)).toBe(true)
  })
})

describe.runIf(hasSqlite)('on SQLite', SLOW, () => {
  test('a file that is kept says the same as memory does, and passes the audit afterwards', async () => {
    const path = join(folder, 'shop.db')
    const { status, stdout } = await run(['--json', '--file', path])
    expect(status).toBe(0)
    expect(documentOf(stdout)).toEqual({ ...DEFAULT_IN_MEMORY, store: 'sqlite' })
    const audited = await run(['--audit', path, '--json'])
    expect(audited.status).toBe(0)
    expect(JSON.parse(audited.stdout)).toEqual({
      store: 'sqlite',
      orders: { total: 4_160, awaitingPayment: 0, paid: 3_212, cancelled: 526, expired: 422 },
      units: DEFAULT_IN_MEMORY.units,
      accounts: 5_298,
      audit: { ok: true, accountsChecked: 5_298 },
    })
  })

  test('an audit that does not hold says which figures differ, and exits with 1', async () => {
    const path = join(folder, 'shop.db')
    expect((await run(['--json', '--file', path, '--stock-ratio', '0'])).status).toBe(0)
    const loaded = await loadEngine()
    if (!loaded.ok) throw new Error(loaded.why)
    const connection = new loaded.engine(path)
    connection.exec('update holdfast_stock_accounts set available = 3, supplied = 3 where number = 1')
    connection.close()
    const { status, stdout } = await run(['--audit', path])
    expect(status).toBe(1)
    expect(stdout).toMatch(/does not hold: 2 figures differ/)
    expect(stdout).toMatch(/available in the ledger is 3, not 0/)
  })

  test('by default the file lies in a folder that is gone afterwards', async () => {
    const env = { TMPDIR: folder, TEMP: folder, TMP: folder }
    const { status } = await run(['--json', '--stock-ratio', '0'], [], env)
    expect(status).toBe(0)
    expect(readdirSync(folder).filter((name) => name.startsWith('superstore-replay-'))).toEqual([])
  })
})
