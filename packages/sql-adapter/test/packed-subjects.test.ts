import { expect, test } from 'vitest'
import { migrate } from '../src/dialects/migrate.js'
import { MIGRATIONS as MYSQL } from '../src/dialects/mysql/migrations/index.js'
import { MIGRATIONS as POSTGRES } from '../src/dialects/postgres/migrations/index.js'
import { MIGRATIONS as SQLITE } from '../src/dialects/sqlite/migrations/index.js'
import { tableNames } from '../src/dialects/table-names.js'
import { onEach } from './databases.js'

const MIGRATIONS = { sqlite: SQLITE, postgres: POSTGRES, pgbouncer: POSTGRES, mariadb: MYSQL }
const NO_KEYS = { accounts: [], reservations: [], counters: [], guards: [], strikes: [] }
const bytes = (text: string) => Buffer.from(text)
/** Two rows each, more than are read in one go: those of buyer-02497 lie on either side of the cut. */
const BUYERS = 3_001

await onEach(['sqlite', 'postgres', 'mariadb'], ({ kind, connect, open }) => {
  async function withOldRecords(tablePrefix: string) {
    const names = tableNames(tablePrefix)
    const knex = connect({ min: 0, max: 1 })
    const old = MIGRATIONS[kind].filter(({ name }) => name < '0004')
    await migrate({ knex, migrations: old, names, isPassing: () => false, isAlone: true })
    const counter = (subject: string, scope: string, used: number, archived = 0) => ({
      ...{ subject: bytes(subject), kind: 'counter', scope: bytes(scope), used, archived },
    })
    const guard = (subject: string, scope: string, id: string) => ({
      ...{ subject: bytes(subject), kind: 'guard', scope: bytes(scope), id: bytes(id), expires_at: 7 },
    })
    const strikes = { subject: bytes('ada'), kind: 'strikes', scope: bytes('strikes/'), strikes: 2, until: 9 }
    const buyers = Array.from({ length: BUYERS }, (_, number) => `buyer-${String(number).padStart(5, '0')}`)
    const rows = [
      counter('ada', 'limit/two/sku:A/', 2, 1),
      counter('ada', 'limit/two/sku:B/', 0, 0),
      counter('ada', 'limit/two/sku:C/', 1),
      { ...strikes, tag: JSON.stringify('trusted') },
      guard('ada', 'unpaid/sku:A/', 'an "id" with \u0000 and \u{1F37A}'),
      ...buyers.flatMap((buyer) => [counter(buyer, 'limit/two/', 1), guard(buyer, 'unpaid/', `of ${buyer}`)]),
    ]
    for (let from = 0; from < rows.length; from += 100)
      for (const sort of ['counter', 'guard', 'strikes']) {
        const some = rows.slice(from, from + 100).filter((row) => row.kind === sort)
        if (some.length > 0) await knex(names.records).insert(some)
      }
    return { knex, names }
  }

  test('records of a row each become one row per subject', async () => {
    const { knex, names } = await withOldRecords('p_')
    const store = await open({ tablePrefix: 'p_' })
    const asked = {
      counters: [
        'limit/two/sku:A/ada',
        'limit/two/sku:B/ada',
        'limit/two/buyer-02497',
        'limit/two/buyer-03000',
      ],
      guards: ['unpaid/sku:A/ada', 'unpaid/buyer-02497', 'unpaid/buyer-02500'],
      strikes: ['strikes/ada'],
    }
    expect(await store.read('main', { kind: 'keys', ...NO_KEYS, ...asked })).toMatchObject({
      counters: [
        { name: 'limit/two/sku:A/ada', used: 2, archived: 1 },
        { name: 'limit/two/sku:B/ada', used: 0, archived: 0 },
        { name: 'limit/two/buyer-02497', used: 1, archived: 0 },
        { name: 'limit/two/buyer-03000', used: 1, archived: 0 },
      ],
      guards: [
        { state: { status: 'open', id: 'an "id" with \u0000 and \u{1F37A}', expiresAt: 7 } },
        { state: { id: 'of buyer-02497' } },
        { state: { id: 'of buyer-02500' } },
      ],
      strikes: [{ state: { count: 2, until: 9, tag: 'trusted' } }],
    })
    const [{ count } = { count: 0 }] = await knex(names.subjects).count({ count: '*' })
    expect(Number(count)).toBe(BUYERS + 1)
    expect(await knex.schema.hasTable(names.records)).toBe(false)
  })

  test('one that was killed half-way is taken up again', async () => {
    const { knex, names } = await withOldRecords('k_')
    // As a process leaves it that is killed in between, on an engine that cannot undo what changes its tables.
    const { statements } = MIGRATIONS[kind].find(({ name }) => name === '0004-subjects') ?? {
      statements: () => [],
    }
    for (const sql of statements(names)) await knex.raw(sql)
    await knex(names.subjects).insert({ subject: bytes('ada'), records: '{}' })
    const store = await open({ tablePrefix: 'k_' })
    const asked = { kind: 'keys', ...NO_KEYS, counters: ['limit/two/sku:A/ada'] } as const
    expect((await store.read('main', asked)).counters).toMatchObject([{ used: 2, archived: 1 }])
    // Done, and not noted.
    await knex(names.migrations).where({ name: '0004-subjects' }).delete()
    await (await open({ tablePrefix: 'k_' })).migrate()
    expect((await store.read('main', asked)).counters).toMatchObject([{ used: 2, archived: 1 }])
  })

  test('a listing turns its pages within a subject and between subjects', async () => {
    await withOldRecords('l_')
    const store = await open({ tablePrefix: 'l_' })
    for (const of of ['counters', 'guards', 'strikes'] as const) {
      const pages: string[][] = []
      let cursor: string | null = null
      do {
        const page = await store.read('main', {
          kind: 'list',
          of,
          cursor,
          limit: of === 'counters' ? 1_000 : 7,
        })
        pages.push(page[of].map(({ name }) => name))
        cursor = page.cursor
      } while (cursor !== null)
      const names = pages.flat()
      const expected = { counters: BUYERS + 3, guards: BUYERS + 1, strikes: 1 }
      expect([names.length, new Set(names).size]).toEqual([expected[of], expected[of]])
      expect(pages.every((page) => page.length > 0)).toBe(true)
    }
  })
})
