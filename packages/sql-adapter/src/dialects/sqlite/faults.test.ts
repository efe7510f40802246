import {
  type BatchResult,
  BatchRunner,
  type ChangedAccounts,
  type Command,
  type PartitionState,
} from '@holdfast/core/adapter'
import { describe, expect, test } from 'vitest'
import { A, reserve, supply } from '../../../../core/test/commands.js'
import { accountOf, kindsOf, statusOf } from '../../../test/asking.js'
import { newFile, openKnex, openStore } from '../../../test/files.js'
import { SqlStore } from '../../index.js'
import type { SqliteConnection } from './connection.js'

/** Core's rules, but for what `breaks` does to the partition after them. */
function broken(breaks: (partition: PartitionState, commands: readonly Command[]) => void) {
  return class extends SqlStore {
    protected override runner(partition: PartitionState, changed: ChangedAccounts): BatchRunner {
      return new (class extends BatchRunner {
        override run(commands: readonly Command[], now: number): BatchResult {
          const result = super.run(commands, now)
          breaks(partition, commands)
          return result
        }
      })(partition, changed)
    }
  }
}

describe('a rule that is broken on purpose', () => {
  test.each([
    [
      'overdraws an account',
      (partition: PartitionState) => {
        const account = partition.account(A)
        if (account === undefined) return
        account.available -= 100
        account.reserved += 100
      },
    ],
    [
      'loses a unit',
      (partition: PartitionState) => {
        const account = partition.account(A)
        if (account !== undefined) account.available -= 1
      },
    ],
    [
      'counts below zero',
      (partition: PartitionState) => {
        partition.counterToChange('limit/rule/ada').used = -1
      },
    ],
    [
      'counts past what JavaScript can hold',
      (partition: PartitionState) => {
        partition.counterToChange('limit/rule/ada').used = 2 ** 53
      },
    ],
  ])('%s: nothing is written, and the store goes on', async (_what, breaks) => {
    const knex = openKnex()
    const sound = new SqlStore(knex)
    await sound.migrate()
    await kindsOf(sound, supply('m', A, 5))
    const store = new (broken(breaks))(knex)
    await expect(kindsOf(store, reserve('one'))).rejects.toMatchObject({ code: 'invariant-violated' })
    expect(await statusOf(sound, 'one')).toBe('absent')
    expect(await accountOf(sound, A)).toMatchObject({ available: 5, reserved: 0 })
    expect(await kindsOf(sound, reserve('one'))).toEqual(['granted'])
  })

  test('throws: nothing is written', async () => {
    const knex = openKnex()
    const store = new (broken(() => {
      throw new TypeError('a mistake')
    }))(knex)
    await store.migrate()
    await expect(kindsOf(store, supply('m', A, 5))).rejects.toMatchObject({
      code: 'store-failed',
      cause: expect.any(TypeError),
    })
    expect(await knex('holdfast_stock_accounts').select()).toEqual([])
  })
})

describe('a database that fails', () => {
  test('for want of room writes nothing', async () => {
    const knex = openKnex()
    const store = new SqlStore(knex)
    await store.migrate()
    await kindsOf(store, supply('m', A, 5_000))
    const [{ page_count: pages }] = await knex.raw('pragma page_count')
    await knex.raw(`pragma max_page_count = ${pages + 3}`)
    const batch = Array.from({ length: 500 }, (_, index) => reserve(`id ${index}`, { data: 'x'.repeat(500) }))
    await expect(kindsOf(store, ...batch)).rejects.toMatchObject({
      code: 'store-failed',
      cause: expect.objectContaining({ code: 'SQLITE_FULL' }),
    })
    await knex.raw('pragma max_page_count = 1000000')
    expect(await accountOf(store, A)).toMatchObject({ available: 5_000, reserved: 0 })
    expect((await kindsOf(store, ...batch)).every((kind) => kind === 'granted')).toBe(true)
  })

  test('in its commit leaves the fate of the batch unknown', async () => {
    const store = await storeOnFailingCommits('SQLITE_IOERR_FSYNC')
    await expect(kindsOf(store, supply('m', A, 5))).rejects.toMatchObject({ code: 'unknown' })
    // It is asked again by the same id.
    expect(await kindsOf(store, supply('m', A, 5))).toEqual(['supplied'])
  })

  test('by locking out its commit has written nothing', async () => {
    const store = await storeOnFailingCommits('SQLITE_BUSY')
    await expect(kindsOf(store, supply('m', A, 5))).rejects.toMatchObject({ code: 'store-failed' })
  })

  test('to connect says so', async () => {
    const knex = openKnex()
    await knex.destroy()
    const store = new SqlStore(knex)
    await expect(kindsOf(store, reserve('one'))).rejects.toMatchObject({ code: 'store-failed' })
  })
})

/** A store whose next commit fails with SQLite's `code`, on a real connection. */
async function storeOnFailingCommits(code: string): Promise<SqlStore> {
  const isFailing = { next: false }
  const knex = openKnex(newFile(), {
    min: 1,
    max: 1,
    afterCreate(connection: SqliteConnection, done: (error: null, connection: SqliteConnection) => void) {
      const prepare = connection.prepare.bind(connection)
      connection.prepare = (sql) => {
        const statement = prepare(sql)
        if (sql !== 'commit') return statement
        const run = statement.run.bind(statement)
        statement.run = (...parameters) => {
          if (!isFailing.next) return run(...parameters)
          isFailing.next = false
          throw Object.assign(new Error('disk I/O error'), { code })
        }
        return statement
      }
      done(null, connection)
    },
  })
  const store = new SqlStore(knex)
  await store.migrate()
  isFailing.next = true
  return store
}

describe('figures that JavaScript would round', () => {
  test.each([
    ['stock_accounts', 'version', '9007199254740993'],
    ['orders', 'due_at', '9007199254740993'],
    ['subjects', 'records', `'{"guards":{"unpaid/":["one",9007199254740993]}}'`],
  ])('%s.%s is an error, not another figure', async (table, column, value) => {
    const path = newFile()
    const store = await openStore(path)
    await kindsOf(store, supply('m', A, 5), reserve('one', { guards: [{ name: 'unpaid/ada', prior: [] }] }))
    await openKnex(path).raw(`update holdfast_${table} set ${column} = ${value}`)
    const query = { kind: 'keys', accounts: [A], reservations: ['one'], counters: [], strikes: [] } as const
    await expect(store.read('main', { ...query, guards: ['unpaid/ada'] })).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining(column),
    })
  })
})
