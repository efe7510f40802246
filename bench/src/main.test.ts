import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { serverForTests } from '../../tools/services/test-services.js'
import type { Summary } from './report/summary.js'
import { sqliteIsInstalled } from './sqlite/is-installed.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** The quickest look at everything; figures of so short a run mean nothing. */
const SHORT = ['--rounds', '1', '--seconds', '0.4', '--warmup', '0.1', '--scale', '0.02', '--json']

interface Finished {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** As `npm run bench` does it: the packages are built if they are not, and measured as they are built. */
function bench(...args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['tools/run.mjs', 'bench', ...args],
      { cwd: root },
      (_, out, err) => resolve({ status: child.exitCode, stdout: out, stderr: err }),
    )
  })
}

function documentOf({ status, stdout, stderr }: Finished): Summary {
  expect(status, stderr).toBe(0)
  const lines = stdout.trimEnd().split('\n')
  return JSON.parse(lines.at(-1) ?? '') as Summary
}

const named = (engine: string, ...names: readonly string[]) => names.map((name) => `${engine} ${name}`)

/** What a server is measured by: its `own` are those that the other has not. */
const onServer = (engine: string, own: readonly string[]) => ({
  results: named(
    engine,
    ...['textbook', 'conditional update', ...own, 'textbook (two lines)', 'textbook (one caller)'],
    ...['coalesced', 'limit', 'coalesced (sold out)', 'coalesced (two lines)', 'coalesced (one caller)'],
    ...['coalesced (five processes)', 'coalesced (500 units, five processes)'],
    ...['coalesced (million)', 'coalesced (million, random ids)'],
    ...['confirm (million)', 'release (million)', 'expire (million)', 'coalesced (expiring)'],
  ),
  ratios: named(
    engine,
    ...['coalesced/textbook', ...own.map((name) => `coalesced/${name}`), 'coalesced/conditional update'],
    ...['coalesced/limit', 'limit/textbook', 'coalesced (sold out)/textbook'],
    ...['coalesced (two lines)/textbook (two lines)', 'coalesced (one caller)/textbook (one caller)'],
    ...['coalesced (million)/coalesced', 'coalesced (million, random ids)/coalesced'],
    ...['confirm (million)/coalesced (million)', 'release (million)/coalesced (million)'],
    ...['expire (million)/coalesced (million)', 'coalesced (five processes)/coalesced'],
  ),
  latencyRatios: named(
    engine,
    ...['coalesced p99/textbook p50', 'coalesced (open loop) p99/textbook p50'],
    ...['coalesced (one caller) p50/textbook (one caller) p50', 'coalesced (expiring) p99/coalesced p99'],
  ),
})
const SERVERS = [onServer('postgres', ['single statement']), onServer('mariadb', [])]

const FORMS = {
  core: {
    results: [...named('core', 'decide', 'decide (100,000 kept)'), 'memory desk'],
    ratios: [],
  },
  sqlite: {
    results: named(
      'sqlite',
      ...['textbook', 'conditional update', 'coalesced', 'limit', 'coalesced (sold out)'],
      ...['textbook (two lines)', 'coalesced (two lines)', 'textbook (one caller)', 'coalesced (one caller)'],
      ...['coalesced (million)', 'coalesced (million, random ids)'],
      ...['confirm (million)', 'release (million)', 'expire (million)'],
      ...['coalesced (expiring)', 'coalesced (open loop)'],
    ),
    ratios: named(
      'sqlite',
      ...['coalesced/textbook', 'coalesced/limit', 'coalesced/conditional update', 'limit/textbook'],
      ...['coalesced (sold out)/textbook', 'coalesced (two lines)/textbook (two lines)'],
      ...['coalesced (one caller)/textbook (one caller)', 'coalesced (million)/coalesced'],
      ...['coalesced (million, random ids)/coalesced', 'confirm (million)/coalesced (million)'],
      ...['release (million)/coalesced (million)', 'expire (million)/coalesced (million)'],
      ...['coalesced p99/textbook p50', 'coalesced (open loop) p99/textbook p50'],
      ...['coalesced (one caller) p50/textbook (one caller) p50', 'coalesced (expiring) p99/coalesced p99'],
    ),
  },
  sql: {
    results: [
      ...SERVERS.flatMap(({ results }) => results),
      ...['postgres coalesced (open loop)', 'mariadb coalesced (open loop)'],
    ],
    ratios: [
      ...SERVERS.flatMap(({ ratios }) => ratios),
      ...SERVERS.flatMap(({ latencyRatios }) => latencyRatios),
    ],
  },
  redis: {
    results: [
      ...named('redis', 'bare decrement', 'afternoon', 'one call', 'coalesced', 'limit'),
      ...named('redis', 'coalesced (sold out)', 'one call (thousand callers)'),
      ...named('redis', 'bare decrement (one caller)', 'coalesced (one caller)'),
      ...named('redis', 'one call (aof)', 'coalesced (aof)', 'one call (replicas)', 'coalesced (replicas)'),
      ...['redis coalesced (million)', 'redis-postgres chain'],
      ...['redis-postgres chain (leases)', 'postgres coalesced'],
      ...named('redis-postgres', 'chain (open loop, not carried)', 'chain (open loop)'),
      ...named(
        'redis',
        'live hold',
        'finished id',
        'finished id (not carried)',
        'sold id',
        'sold id (not carried)',
      ),
      'redis-postgres chain (open loop) backlog',
    ],
    ratios: [
      ...named('redis', 'coalesced/bare decrement', 'coalesced/afternoon', 'coalesced/one call'),
      ...named('redis', 'coalesced/limit', 'coalesced (sold out)/bare decrement'),
      ...named('redis', 'coalesced (aof)/one call (aof)', 'coalesced (replicas)/one call (replicas)'),
      ...['redis coalesced (million)/coalesced', 'redis-postgres chain/postgres coalesced'],
      'redis-postgres chain (leases)/chain',
      'redis coalesced p99/one call (thousand callers) p99',
      'redis coalesced (one caller) p50/bare decrement (one caller) p50',
      'redis-postgres chain (open loop) p99/chain (open loop, not carried) p99',
    ],
  },
  relay: {
    results: [
      ...named('kafka', 'bare producer', 'relay', 'row by row', 'pg-transactional-outbox'),
      ...named('kafka-platformatic', 'bare producer', 'relay'),
      ...named('kafka', 'relay (50,000)', 'relay (million)', 'relay (under writers)'),
      ...named('postgres', 'writers', 'writers (relayed)'),
      ...named('postgres', 'outbox row', 'outbox row (one caller)'),
      ...named('postgres', 'half message', 'half message (one caller)'),
      ...named('kafka', 'bare producer (1,000/s)', 'relay (1,000/s)'),
    ],
    ratios: [
      ...named('kafka', 'relay/bare producer', 'relay/pg-transactional-outbox', 'relay/row by row'),
      'kafka-platformatic relay/bare producer',
      ...named('kafka', 'relay (million)/relay (50,000)', 'relay (under writers)/relay'),
      ...named('postgres', 'writers (relayed)/writers', 'half message/outbox row'),
      'postgres half message (one caller)/outbox row (one caller)',
      'kafka relay (1,000/s) p99/bare producer (1,000/s) p99',
    ],
  },
}

const canRun = {
  core: true,
  // Reported as skipped where better-sqlite3 could not be built.
  sqlite: sqliteIsInstalled(),
  sql: (await serverForTests('postgres')) !== null && (await serverForTests('mariadb')) !== null,
  redis: (await serverForTests('postgres')) !== null && (await serverForTests('redis-replicated')) !== null,
  relay: (await serverForTests('postgres')) !== null && (await serverForTests('kafka')) !== null,
}

describe.each(Object.entries(FORMS))('bench %s', (name, { results, ratios }) => {
  it.runIf(canRun[name as keyof typeof FORMS])(
    'ends with one document of the agreed form',
    async () => {
      const document = documentOf(await bench(name, ...SHORT))
      expect(Object.keys(document)).toEqual(['bench', 'machine', 'results', 'ratios'])
      expect(document.bench).toBe(name)
      expect(document.machine).toMatchObject({ cores: expect.any(Number), node: process.version })
      expect(document.results.map((result) => `${result.engine} ${result.name}`)).toEqual(results)
      for (const result of document.results) {
        expect(Object.keys(result)).toEqual([
          ...['engine', 'name', 'unit', 'median', 'min', 'max', 'p50ms', 'p99ms'],
        ])
        if (!result.name.endsWith(' backlog')) expect(result.median).toBeGreaterThan(0)
      }
      expect(Object.keys(document.ratios)).toEqual(ratios)
      for (const ratio of Object.values(document.ratios)) expect(ratio).toBeGreaterThan(0)
    },
    600_000,
  )
})

describe('bench', () => {
  it('shows no figure where a law is broken, and fails', async () => {
    const { status, stdout, stderr } = await bench('planted', ...SHORT)
    expect(status).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^law broken: memory desk \(planted\): orders stored: found \d+, due \d+$/m)
  })

  it.each([
    [['nothing'], "invalid for argument 'name'. must be one of core, sqlite"],
    [['core', '--rounds', '1.5'], 'must be a whole number of at least 1'],
    [['core', '--seconds', '-1'], 'must be a number above 0'],
  ])('refuses %j with status 2', async (args, why) => {
    const { status, stdout, stderr } = await bench(...args)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(why)
  })
})
