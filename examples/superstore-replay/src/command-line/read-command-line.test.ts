import { describe, expect, test } from 'vitest'
import { readCommandLine } from './read-command-line.js'
import { UsageError } from './request.js'

const DEFAULTS = {
  kind: 'replay',
  store: 'sqlite',
  file: null,
  stockRatio: 0.9,
  limit: 8,
  restock: false,
  json: false,
}

test.each([
  [[], {}],
  [['--json'], { json: true }],
  [['--store', 'memory'], { store: 'memory' }],
  [['--store', 'postgres://shop@db/shop'], { store: 'postgres', url: 'postgres://shop@db/shop' }],
  [['--store', 'postgresql://db/shop'], { store: 'postgres', url: 'postgresql://db/shop' }],
  [['--store', 'mysql://shop@db/shop'], { store: 'mysql', url: 'mysql://shop@db/shop' }],
  [['--store', 'mariadb://db/shop'], { store: 'mysql', url: 'mariadb://db/shop' }],
  [['--store', 'redis://kv'], { store: 'redis', url: 'redis://kv', ledger: { store: 'sqlite' } }],
  [
    ['--store', 'rediss://kv:6380/2', '--ledger', 'postgres://db/x'],
    { store: 'redis', url: 'rediss://kv:6380/2', ledger: { store: 'postgres', url: 'postgres://db/x' } },
  ],
  [
    ['--store', 'redis://kv', '--file', 'shop.db'],
    { store: 'redis', url: 'redis://kv', ledger: { store: 'sqlite' }, file: 'shop.db' },
  ],
  [['--file', 'shop.db'], { file: 'shop.db' }],
  [['--restock', '--stock-ratio', '0'], { restock: true, stockRatio: 0 }],
  [['--stock-ratio=1.5'], { stockRatio: 1.5 }],
  [['--stock-ratio', '.5'], { stockRatio: 0.5 }],
  [['--stock-ratio', '1e-3'], { stockRatio: 0.001 }],
  [['--stock-ratio', '-0'], { stockRatio: 0 }],
  [['--limit', '1'], { limit: 1 }],
  [['--limit', '9007199254740991'], { limit: 9_007_199_254_740_991 }],
])('%j asks for a replay', (args, differs) => {
  expect(readCommandLine(args)).toEqual({ ...DEFAULTS, ...differs })
})

test('an audit asks for a file that is there, as text or JSON', () => {
  expect(readCommandLine(['--audit', 'shop.db'])).toEqual({ kind: 'audit', file: 'shop.db', json: false })
  expect(readCommandLine(['--json', '--audit', 'a.db'])).toEqual({ kind: 'audit', file: 'a.db', json: true })
})

test('help names every option', () => {
  const request = readCommandLine(['--help'])
  const flags = [
    '--store',
    '--ledger',
    '--file',
    '--stock-ratio',
    '--limit',
    '--restock',
    '--audit',
    '--json',
  ]
  expect(request.kind).toBe('help')
  for (const flag of flags) expect(request).toHaveProperty('text', expect.stringContaining(flag))
})

describe('bad values are told in one line', () => {
  test.each([
    [['--stock-ratio', '-1'], /--stock-ratio.*'-1'.*number of at least 0/],
    [['--stock-ratio', 'NaN'], /--stock-ratio.*number of at least 0/],
    [['--stock-ratio', 'Infinity'], /--stock-ratio.*number of at least 0/],
    [['--stock-ratio', '1e999'], /--stock-ratio.*number of at least 0/],
    [['--stock-ratio', '0x10'], /--stock-ratio.*number of at least 0/],
    [['--stock-ratio', ''], /--stock-ratio.*number of at least 0/],
    [['--stock-ratio', '1,5'], /--stock-ratio.*number of at least 0/],
    [['--stock-ratio'], /--stock-ratio.*argument missing/],
    [['--limit', '0'], /--limit.*whole number of at least 1/],
    [['--limit', '-8'], /--limit.*whole number of at least 1/],
    [['--limit', '1.5'], /--limit.*whole number of at least 1/],
    [['--limit', 'eight'], /--limit.*whole number of at least 1/],
    [['--limit', 'two\nlines'], /--limit.*whole number of at least 1/],
    [['--limit', '9007199254740993'], /--limit.*at most 9007199254740991/],
    [['--store', 'redis'], /--store.*sqlite, memory/],
    [['--store', 'oracle://db'], /--store.*sqlite, memory.*PostgreSQL/],
    [['--file', 'a.db', '--store', 'mysql://db/x'], /--file.*--store mysql/],
    [['--ledger', 'memory'], /--ledger.*--store sqlite/],
    [['--store', 'redis://kv', '--ledger', 'redis://kv'], /--ledger.*sqlite, memory/],
    [['--store', 'redis://kv', '--ledger', 'memory', '--file', 'a.db'], /--file.*--ledger memory/],
    [['--file', ''], /--file.*path of a file/],
    [['--file', 'a.db', '--store', 'memory'], /--file.*--store memory/],
    [['--audit', 'a.db', '--restock'], /--audit.*'--restock' means nothing/],
    [['--audit', 'a.db', '--stock-ratio', '1'], /--audit.*'--stock-ratio' means nothing/],
    [['--audit'], /--audit.*argument missing/],
    [['--colour'], /unknown option '--colour'/],
    [['shop.db'], /too many arguments/],
  ])('%j', (args, message) => {
    const read = () => readCommandLine(args)
    expect(read).toThrow(UsageError)
    expect(read).toThrow(message)
    expect(read).toThrow(/^[^\n]+$/)
  })
})
