import { expect, test, vi } from 'vitest'
import { A, reserve, supply } from '../../../../core/test/commands.js'
import { kindsOf } from '../../../test/asking.js'
import { newFile, openKnex, openStore } from '../../../test/files.js'

test('a lock that another connection holds is waited for without blocking the process', async () => {
  const path = newFile()
  const store = await openStore(path)
  await kindsOf(store, supply('m', A, 5))
  const knex = openKnex(path)
  let turns = 0
  const counting = setInterval(() => {
    turns += 1
  }, 1)
  const [kinds] = await Promise.all([
    kindsOf(store, reserve('one')),
    knex.transaction(async (trx) => {
      await trx.raw('update holdfast_epochs set sequence = sequence')
      while (turns < 20) await new Promise((resolve) => setImmediate(resolve))
    }),
  ])
  clearInterval(counting)
  expect(kinds).toEqual(['granted'])
})

test('a lock that is never given back ends the call: nothing was sent', async () => {
  const path = newFile()
  const store = await openStore(path)
  const knex = openKnex(path)
  const trx = await knex.transaction()
  await trx.raw('update holdfast_epochs set sequence = sequence')
  let now = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 2_000))
  await expect(kindsOf(store, supply('m', A, 5))).rejects.toMatchObject({ code: 'not-sent' })
  clock.mockRestore()
  await trx.rollback()
  expect(await kindsOf(store, supply('m', A, 5))).toEqual(['supplied'])
})

test("the connection keeps its owner's busy_timeout", async () => {
  const path = newFile()
  await openStore(path)
  const knex = openKnex(path)
  await knex.raw('pragma busy_timeout = 777')
  const { SqlStore } = await import('../../index.js')
  await kindsOf(new SqlStore(knex), supply('m', A, 5))
  expect(await knex.raw('pragma busy_timeout')).toEqual([{ timeout: 777 }])
})
