import type { CampaignCommand, CompensationCommand, OrderCommand, QueuedOrder } from '@holdfast/core/adapter'
import { describe, expect, test } from 'vitest'
import { A, A_SOUTH, B, confirm, release, reserve, supply } from '../../core/test/commands.js'
import { kindsOf } from '../test/asking.js'
import { openStore, TestClock } from '../test/files.js'

async function shop() {
  const clock = new TestClock()
  return { clock, store: await openStore(':memory:', { clock }) }
}

const submit = (id: string, more: Partial<QueuedOrder> = {}): OrderCommand => ({
  kind: 'submit',
  id,
  home: 'home',
  fingerprint: { buyer: 'ada', lines: '[]' },
  lines: [{ ...A, quantity: 1, owed: 0, returned: 0 }],
  data: '{"cart":1}',
  request: `request for ${id}`,
  ...more,
})

describe('tickets', () => {
  test('are taken first come first served, and leased to one worker at a time', async () => {
    const { clock, store } = await shop()
    await store.applyToOrders(['b', 'a', 'c'].map((id) => submit(id)))
    const ids = async (limit: number) => (await store.takeQueued(limit, 1_000)).map(({ id }) => id)
    expect(await ids(2)).toEqual(['b', 'a'])
    expect(await ids(2)).toEqual(['c'])
    clock.wait(999)
    expect(await ids(3)).toEqual([])
    clock.wait(1)
    expect(await ids(3)).toEqual(['b', 'a', 'c'])
  })

  test('leave the queue when they are decided, and come to its end when submitted again', async () => {
    const { clock, store } = await shop()
    await kindsOf(store, supply('m', A, 1))
    await store.applyToOrders(['placed', 'rejected', 'cancelled', 'waiting'].map((id) => submit(id)))
    expect(await kindsOf(store, reserve('placed'), release('cancelled'))).toEqual(['granted', 'tombstoned'])
    await store.applyToOrders([{ kind: 'reject', id: 'rejected', refusal: { kind: 'late' } }])
    const orders = await store.readOrders(['placed', 'rejected', 'cancelled', 'waiting', 'nobody'])
    expect(orders.map((order) => order?.status)).toEqual([
      'awaiting-payment',
      'rejected',
      'cancelled',
      'queued',
      undefined,
    ])
    await store.applyToOrders([submit('rejected', { request: 'another' })])
    clock.wait(1)
    expect(await store.takeQueued(9, 1_000)).toMatchObject([
      { id: 'waiting', request: 'request for waiting' },
      { id: 'rejected', request: 'another' },
    ])
  })

  test('of an id that was released before it was known are refused', async () => {
    const { store } = await shop()
    await kindsOf(store, release('gone'))
    const { outcomes } = await store.applyToOrders([submit('gone')])
    expect(outcomes).toEqual([{ kind: 'tombstoned' }])
    expect(await store.readOrders(['gone'])).toEqual([null])
  })

  test('keep what they hold, whatever the text', async () => {
    const { store } = await shop()
    const text = '\0 " \\ \u{1F600} trailing  '
    await store.applyToOrders([submit(text, { data: text, request: text })])
    expect(await store.readOrders([text])).toMatchObject([{ id: text, data: text, request: text }])
  })
})

describe('listings', () => {
  test('of orders page by page, of all or of one status', async () => {
    const { clock, store } = await shop()
    await kindsOf(store, supply('m', A, 10))
    const ids = ['1', '2', '3', '4', '5']
    for (const id of ids) {
      await kindsOf(store, reserve(id))
      clock.wait(1)
    }
    await kindsOf(store, confirm('2'), confirm('4'))
    const paged = async (status?: 'paid' | 'awaiting-payment') => {
      const pages: string[][] = []
      let cursor: string | null = null
      do {
        const page = await store.listOrders({ cursor, limit: 2, ...(status && { status }) })
        pages.push(page.orders.map(({ id }) => id))
        cursor = page.cursor
      } while (cursor !== null)
      return pages
    }
    expect(await paged()).toEqual([['1', '2'], ['3', '4'], ['5']])
    expect(await paged('paid')).toEqual([['2', '4']])
    expect(await paged('awaiting-payment')).toEqual([['1', '3'], ['5']])
  })

  test('of accounts and of the ledger take one SKU or one account', async () => {
    const { store } = await shop()
    await kindsOf(store, supply('1', B, 1), supply('2', A, 2), supply('3', A_SOUTH, 3), supply('4', A, 4))
    const list = async (of: 'accounts' | 'ledger', account?: { sku: string; pool?: string }) => {
      const page = await store.read('main', {
        kind: 'list',
        of,
        cursor: null,
        limit: 9,
        ...(account && { account }),
      })
      return of === 'accounts'
        ? page.accounts.map(({ key }) => `${key.sku} ${key.pool}`)
        : page.ledger.map((entry) => entry.supplied)
    }
    expect(await list('accounts')).toEqual(['A north', 'A south', 'B north'])
    expect(await list('accounts', { sku: 'A' })).toEqual(['A north', 'A south'])
    expect(await list('accounts', A)).toEqual(['A north'])
    expect(await list('accounts', { sku: 'A', pool: 'nowhere' })).toEqual([])
    expect(await list('ledger')).toEqual([1, 2, 3, 4])
    expect(await list('ledger', { sku: 'A' })).toEqual([2, 3, 4])
    expect(await list('ledger', A)).toEqual([2, 4])
    expect(await list('ledger', { sku: 'nothing' })).toEqual([])
  })

  test.each(['accounts', 'reservations', 'events', 'ledger'] as const)(
    'of %s refuse a cursor that is not theirs',
    async (of) => {
      const { store } = await shop()
      await expect(
        store.read('main', { kind: 'list', of, cursor: 'not mine', limit: 1 }),
      ).rejects.toMatchObject({ code: 'invalid-argument', path: 'cursor' })
    },
  )
})

describe('campaigns', () => {
  const schedule = (id: string): CampaignCommand => ({
    kind: 'schedule',
    id,
    opensAt: 5,
    closesAt: null,
    items: [{ ...A, backorderLimit: 3 }],
  })

  test('go through their states, and keep them', async () => {
    const { clock, store } = await shop()
    const kinds: string[] = []
    for (const command of [
      schedule('c'),
      schedule('c'),
      { kind: 'open', id: 'c' } as const,
      { kind: 'close', id: 'c' } as const,
      { kind: 'open', id: 'nobody' } as const,
    ]) {
      const { now, outcome } = await store.applyToCampaign(command)
      expect(now).toBe(clock.now())
      kinds.push(outcome.kind)
    }
    expect(kinds).toEqual(['scheduled', 'already', 'opened', 'closed', 'unknown-id'])
    expect(await store.readCampaign('c')).toMatchObject({ status: 'closed', version: 3, opensAt: 5 })
    expect(await store.readCampaign('nobody')).toBeNull()
  })

  test('are listed page by page', async () => {
    const { store } = await shop()
    for (const id of ['z', 'a', 'm']) await store.applyToCampaign(schedule(id))
    const first = await store.listCampaigns({ cursor: null, limit: 2 })
    expect(first.campaigns.map(({ id }) => id)).toEqual(['z', 'a'])
    const second = await store.listCampaigns({ cursor: first.cursor, limit: 2 })
    expect(second.campaigns.map(({ id }) => id)).toEqual(['m'])
    expect(second.cursor).toBeNull()
  })
})

describe('compensations', () => {
  const required = (order: string): CompensationCommand => ({
    kind: 'require',
    order,
    home: 'home',
    reason: 'no courier',
    execution: 'e1',
  })
  const failing = { kind: 'fail', order: 'one', execution: 'e1', error: 'down', retryAfterMs: 50 } as const

  test('are taken when their next attempt is due, by one worker at a time', async () => {
    const { clock, store } = await shop()
    await store.applyToCompensation(required('one'))
    const orders = async () => (await store.takeCompensations(9, 1_000)).map(({ order }) => order)
    expect(await orders()).toEqual(['one'])
    expect(await orders()).toEqual([])
    // A failed attempt gives the lease back, and waits.
    await store.applyToCompensation({ ...failing, budget: 3 })
    expect(await orders()).toEqual([])
    clock.wait(50)
    expect(await orders()).toEqual(['one'])
    clock.wait(1_000)
    expect(await orders()).toEqual(['one'])
  })

  test('are parked, resumed and done, and listed by their status', async () => {
    const { store } = await shop()
    for (const order of ['one', 'two', 'three']) await store.applyToCompensation(required(order))
    expect((await store.applyToCompensation({ ...failing, budget: 1 })).outcome.kind).toBe('parked')
    for (const step of ['order-rolled-back', 'units-restored', 'notified'] as const) {
      await store.applyToCompensation({ kind: 'step', order: 'two', execution: 'e1', step })
    }
    const listed = async (status?: 'required' | 'parked' | 'done') => {
      const page = await store.listCompensations({ cursor: null, limit: 9, ...(status && { status }) })
      return page.compensations.map(({ order }) => order)
    }
    expect(await listed()).toEqual(['one', 'two', 'three'])
    expect([await listed('parked'), await listed('done'), await listed('required')]).toEqual([
      ['one'],
      ['two'],
      ['three'],
    ])
    await store.applyToCompensation({ kind: 'resume', order: 'one' })
    expect(await store.readCompensation('one')).toMatchObject({ status: 'required', attempts: 0 })
    expect(await store.readCompensation('nobody')).toBeNull()
  })
})

test('a snapshot sees one state while orders are placed', async () => {
  const store = await openStore()
  await kindsOf(store, supply('m', A, 5))
  const seen = await store.snapshot('main', async (read) => {
    const available = async () =>
      (await read({ kind: 'list', of: 'accounts', cursor: null, limit: 1 })).accounts[0]?.available
    const before = await available()
    expect(await kindsOf(store, reserve('one'))).toEqual(['granted'])
    return [before, await available()]
  })
  expect(seen).toEqual([5, 5])
})
