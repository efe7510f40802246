import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { OrderDesk } from '@holdfast/core'
import { expect, onTestFinished, test } from 'vitest'
import { newFile, openStore } from './files.js'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const SELLING = fileURLToPath(new URL('./selling-process.ts', import.meta.url))

/** A process that sells on the file. `acknowledged` grows with what it tells. */
function sell(file: string, name: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', SELLING, file, name], {
    cwd: ROOT,
    env: { ...process.env, TSX_TSCONFIG_PATH: `${ROOT}tsconfig.json` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const acknowledged: string[] = []
  const lines = createInterface({ input: child.stdout })
  return {
    acknowledged,
    /** Kills it, without warning, once it has told of this many orders. */
    async killedAfter(orders: number): Promise<void> {
      for await (const line of lines) {
        if (line.endsWith(' .')) acknowledged.push(line.slice(0, -2))
        if (acknowledged.length === orders) child.kill('SIGKILL')
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

test('killed in the middle of its sale, again and again, a shop loses nothing that it told', async () => {
  const file = newFile()
  const told: string[] = []
  for (const orders of [150, 400, 33]) {
    const shop = sell(file, `run${orders}`)
    await shop.killedAfter(orders)
    told.push(...shop.acknowledged)
    const { audit, kept } = await lookInto(file, told)
    expect(audit).toMatchObject({ ok: true, accountsChecked: 1, differences: [] })
    expect(kept).toEqual(told)
  }
})

test('two processes sell on one file', async () => {
  const file = newFile()
  const [one, other] = [sell(file, 'one'), sell(file, 'other')]
  await Promise.all([one.killedAfter(300), other.killedAfter(300)])
  const told = [...one.acknowledged, ...other.acknowledged]
  const { audit, kept } = await lookInto(file, told)
  expect(audit).toMatchObject({ ok: true, accountsChecked: 1, differences: [] })
  expect(kept).toEqual(told)
})

/** Whether the laws hold, and how every order stands that was told of. */
async function lookInto(file: string, told: readonly string[]) {
  const store = await openStore(file)
  const desk = new OrderDesk({ store, policy: { holdFor: { minutes: 1 } } })
  const audit = await desk.audit()
  const ids = told.map((line) => line.slice(line.indexOf(' ') + 1))
  const orders = await store.readOrders(ids)
  const kept = orders.map((order, index) => `${asTold(told[index], order?.status)} ${ids[index]}`)
  await store.close()
  return { audit, kept }
}

function asTold(line: string | undefined, status: string | undefined): string | undefined {
  // One that was placed may have been swept since.
  if (line?.startsWith('placed') && status === 'expired') return 'placed'
  return status === 'awaiting-payment' ? 'placed' : status
}
