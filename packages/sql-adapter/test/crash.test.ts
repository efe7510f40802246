import { expect, test } from 'vitest'
import { newFile, openStore } from './files.js'
import { lookInto, sell } from './selling.js'

test('killed in the middle of its sale, again and again, a shop loses nothing that it told', async () => {
  const file = newFile()
  const told: string[] = []
  for (const orders of [150, 400, 33]) {
    const shop = sell(file, `run${orders}`)
    await shop.killedAfter(orders)
    told.push(...shop.acknowledged)
    const { audit, kept } = await lookInto(await openStore(file), told)
    expect(audit).toMatchObject({ ok: true, accountsChecked: 1, differences: [] })
    expect(kept).toEqual(told)
  }
})

test('two processes sell on one file', async () => {
  const file = newFile()
  const [one, other] = [sell(file, 'one'), sell(file, 'other')]
  await Promise.all([one.killedAfter(300), other.killedAfter(300)])
  const told = [...one.acknowledged, ...other.acknowledged]
  const { audit, kept } = await lookInto(await openStore(file), told)
  expect(audit).toMatchObject({ ok: true, accountsChecked: 1, differences: [] })
  expect(kept).toEqual(told)
})
