import type { Command } from '@holdfast/core/adapter'
import { expect, test } from 'vitest'
import { A, reserve, supply } from '../../../../core/test/commands.js'
import { kindsOf } from '../../../test/asking.js'
import { newFile, openKnex, openStore } from '../../../test/files.js'
import { SqlStore } from '../../index.js'

const alone: readonly Command[] = [reserve('alone')]
const many: readonly Command[] = Array.from({ length: 100 }, (_, index) => reserve(`of many ${index}`))

test.each([
  // [pages that the connection's owner chose, transactions one after the other, pages at the end]
  ['a sale moves the log as seldom as it was opened for', 16_000, [many], 16_000],
  ['one order alone moves it soon', 16_000, [alone], 1_000],
  ['a sale that begins moves it seldom again', 16_000, [alone, many], 16_000],
  ['a connection that moves it often keeps its own measure', 500, [alone, many, alone], 500],
])('%s', async (_, chosen, transactions, found) => {
  const path = newFile()
  await openStore(path)
  const knex = openKnex(path)
  await knex.raw(`pragma wal_autocheckpoint = ${chosen}`)
  const store = new SqlStore(knex)
  await kindsOf(store, supply('m', A, 1_000))
  for (const commands of transactions) await kindsOf(store, ...commands)
  expect(await knex.raw('pragma wal_autocheckpoint')).toEqual([{ wal_autocheckpoint: found }])
})
