import { readFileSync } from 'node:fs'
import { isHoldfastError, OrderDesk } from '@holdfast/core'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMariadb } from '../../../../tools/services/mariadb.js'
import { startPostgres } from '../../../../tools/services/postgres.js'
import type { Service } from '../../../../tools/services/service.js'
import { SqlStore } from '../../src/index.js'
import { connectTo } from '../open-place.js'
import { canBeHad } from '../servers.js'

// A server that stops in the middle of everything, with its connections open: nothing comes back, and no error either.

const STARTS = { postgres: startPostgres, mariadb: startMariadb }

for (const kind of ['postgres', 'mariadb'] as const) {
  // One of its own is started only where the shared one is: it is told there why there is none.
  describe.skipIf(!(await canBeHad(kind)))(kind, () => testOn(kind))
}

function testOn(kind: keyof typeof STARTS): void {
  let service: Service
  let knex: Knex
  beforeAll(async () => {
    service = await STARTS[kind]()
    knex = connectTo(service.url, { min: 0, max: 6 })
  }, 300_000)
  afterAll(async () => {
    await knex?.destroy()
    await service?.stop()
  })

  test('calls settle by their own deadline as unknown, and are resolved later by their ids', async (context) => {
    if (service.source === 'environment' || service.source === 'docker')
      return context.skip('not ours to stop')
    const store = new SqlStore(knex)
    await store.migrate()
    const desk = new OrderDesk({ store, policy: {}, deadline: { seconds: 3 } })
    await untilKnown(() => told(desk.restock({ id: 'opening', sku: 'PHONE', quantity: 1_000 }), 'done'))
    const place = (id: string) =>
      told(desk.place({ id, buyer: { user: id }, lines: [{ sku: 'PHONE', quantity: 1 }] }), 'placed')
    const pay = (orderId: string) => told(desk.recordPayment({ orderId, paymentId: orderId }), 'paid')
    expect(await untilKnown(() => place('before'))).toBe('placed')

    const server = await serverOf(kind, knex)
    // Some of them are on their way when it stops, some come later.
    const onTheWay = Array.from({ length: 40 }, (_, n) => place(`on the way ${n}`))
    await new Promise((resolve) => setImmediate(resolve))
    server.hang()
    let settled: readonly string[]
    try {
      const later = Array.from({ length: 40 }, (_, n) => place(`later ${n}`))
      settled = await Promise.all([...onTheWay, ...later, pay('before')])
      // Sent: nobody knows. Never sent, because the batches before it did not come back: definite.
      expect(settled.filter((code) => !['placed', 'paid', 'unknown', 'not-sent'].includes(code))).toEqual([])
      expect(settled.filter((code) => code === 'unknown').length).toBeGreaterThan(0)
      expect(desk.drops.unknown).toBeGreaterThan(0)
    } finally {
      server.goOn()
    }

    const ids = [...Array(40).keys()].flatMap((n) => [`on the way ${n}`, `later ${n}`])
    for (const id of ids) expect(await untilKnown(() => place(id))).toBe('placed')
    expect(await untilKnown(() => pay('before'))).toBe('paid')
    expect(await desk.accounts({ sku: 'PHONE' })).toMatchObject({
      accounts: [{ available: 919, reserved: 80, sold: 1 }],
    })
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
    await desk.close()
  })
}

/** How a call ended, in one word. */
async function told(call: Promise<{ readonly ok: boolean }>, done: string): Promise<string> {
  try {
    return (await call).ok ? done : 'refused'
  } catch (error) {
    return isHoldfastError(error) ? error.code : String(error)
  }
}

/** Asks again by the same id until there is an answer: the batch that hung holds the way for a moment longer. */
async function untilKnown(ask: () => Promise<string>): Promise<string> {
  for (;;) {
    const answer = await ask()
    if (answer !== 'unknown' && answer !== 'not-sent') return answer
  }
}

/** All processes of a server, to be stopped and let go on at once. */
async function serverOf(kind: keyof typeof STARTS, knex: Knex) {
  const first =
    kind === 'postgres'
      ? (await knex.raw(`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as pid`)).rows[0].pid
      : readFileSync((await knex.raw('select @@pid_file as path'))[0][0].path, 'utf8')
  const pid = Number(first)
  let stopped: readonly number[] = []
  return {
    hang() {
      process.kill(pid, 'SIGSTOP')
      stopped = [pid, ...childrenOf(pid)]
      for (const child of stopped) process.kill(child, 'SIGSTOP')
    },
    goOn() {
      for (const child of stopped) process.kill(child, 'SIGCONT')
    },
  }
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(/\s+/).map(Number)
}
