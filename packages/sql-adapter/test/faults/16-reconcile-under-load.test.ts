import { OrderDesk } from '@holdfast/core'
import type { Knex } from 'knex'
import { describe, expect, test } from 'vitest'
import { onEach } from '../databases.js'

const policy = {
  holdFor: { minutes: 15 },
  limits: [{ id: 'lots', per: 'user', scope: 'sku', max: 1_000 }],
  unpaidOrder: { per: 'user', scope: 'sku' },
} as const
const UNITS = 100_000

await onEach(['sqlite', 'postgres', 'mariadb'], (database) => {
  let shops = 0
  async function openShop() {
    const tablePrefix = `r${shops++}_`
    const open = async () => new OrderDesk({ store: await database.open({ tablePrefix }), policy })
    const desk = await open()
    await desk.restock({ id: 'opening', sku: 'PHONE', quantity: UNITS })
    return { desk, open, aside: new ByHand(database.connect({ min: 0, max: 1 }), tablePrefix) }
  }
  const order = (id: string, user = id) => ({ id, buyer: { user }, lines: [{ sku: 'PHONE', quantity: 2 }] })

  describe('what was broken by hand is named, planned and mended, once', () => {
    test.each(Object.entries(DAMAGES))('%s', async (_, { damage, named, planned, after: figures }) => {
      const { desk, aside } = await openShop()
      await desk.place(order('held', 'ada'))
      await desk.place(order('paid', 'bob'))
      await desk.recordPayment({ orderId: 'paid', paymentId: 'p' })
      await damage(aside)
      const { differences } = await desk.audit()
      expect(differences.map(({ of, figure }) => `${of} ${figure}`)).toEqual(named)
      const plan = await desk.planReconciliation()
      const summary = [
        ...plan.repairs.map(({ correction }) => correction.of),
        ...plan.left.map((one) => one.because),
      ]
      expect(summary).toEqual(planned)
      const first = await desk.reconcile(plan)
      expect(first.outcomes.map(({ outcome }) => outcome)).toEqual(plan.repairs.map(() => 'corrected'))
      const [account] = (await desk.accounts({ sku: 'PHONE' })).accounts
      if (account !== undefined) expect(account).toMatchObject(figures)
      // The second time it does nothing.
      const again = await desk.reconcile(plan)
      expect(again.outcomes.map(({ outcome }) => outcome)).toEqual(plan.repairs.map(() => 'already'))
      expect((await desk.accounts({ sku: 'PHONE' })).accounts).toEqual(account === undefined ? [] : [account])
      const left = await desk.audit()
      expect(left.differences).toEqual(plan.left.flatMap((one) => one.differences))
    })
  })

  test('while others sell and two people reconcile at once, nothing is mended twice', async () => {
    const { desk, open, aside } = await openShop()
    const desks = [desk, await open(), await open()]
    let isSelling = true
    const failures: unknown[] = []
    const selling = Array.from({ length: 12 }, async (_, caller) => {
      const own = desks[caller % desks.length] as OrderDesk
      for (let turn = 0; isSelling; turn++) {
        const id = `${caller}-${turn}`
        try {
          const placed = await own.place(order(id, `${caller}`))
          if (!placed.ok) failures.push(placed)
          if (turn % 2 === 0) await own.recordPayment({ orderId: id, paymentId: id })
          else await own.cancel({ orderId: id, by: 'seller' })
        } catch (error) {
          failures.push(error)
        }
      }
    })
    try {
      for (let round = 0; round < 6; round++) {
        await aside.add({ available: round % 2 === 0 ? 5 : -5, supplied: round % 2 === 0 ? 5 : -5 })
        const plans = await Promise.all(desks.slice(1).map((one) => one.planReconciliation()))
        const results = await Promise.all(plans.flatMap((plan) => desks.map((one) => one.reconcile(plan))))
        expect(results.filter(({ ok }) => !ok)).toEqual([])
        const made = results
          .flatMap(({ outcomes }) => outcomes)
          .filter(({ outcome }) => outcome === 'corrected')
        expect(made).toHaveLength(1)
        expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
        const [account] = (await desk.accounts({ sku: 'PHONE' })).accounts
        // Not one unit more, nor less, than was ever put in.
        expect(account?.supplied).toBe(UNITS)
      }
    } finally {
      isSelling = false
      await Promise.all(selling)
    }
    expect(failures).toEqual([])
    expect(await desk.audit()).toMatchObject({ ok: true, differences: [] })
  })
})

interface Damage {
  readonly damage: (aside: ByHand) => Promise<void>
  /** The audit's words for it. */
  readonly named: readonly string[]
  readonly planned: readonly string[]
  /** The account's figures afterwards. */
  readonly after: Readonly<Record<string, number>>
}

const right = { available: UNITS - 4, reserved: 2, sold: 2, supplied: UNITS }
const account = (...figures: readonly string[]) => figures.map((figure) => `account ${figure}`)

const DAMAGES: Readonly<Record<string, Damage>> = {
  'units that came from nowhere': {
    damage: (aside) => aside.add({ available: 7, supplied: 7 }),
    named: account('available in the ledger', 'supplied in the ledger'),
    ...{ planned: ['account'], after: right },
  },
  'reserved units that were set free': {
    damage: (aside) => aside.add({ available: 2, reserved: -2 }),
    named: account('available in the ledger', 'reserved in the ledger', 'reserved'),
    ...{ planned: ['account'], after: right },
  },
  'a ledger that lost a grant': {
    damage: (aside) => aside.delete('stock_ledger', { cause: 'granted', reservation: Buffer.from('held') }),
    named: account('available in the ledger', 'reserved in the ledger'),
    ...{ planned: ['account'], after: right },
  },
  'an order that was deleted: its units are written off, its buyer is free': {
    damage: (aside) => aside.delete('orders', { id: Buffer.from('held') }),
    named: [...account('reserved'), 'counter used', 'guard order'],
    planned: ['account', 'counter', 'guard'],
    after: { available: UNITS - 4, reserved: 0, sold: 2, supplied: UNITS - 2 },
  },
  'a paid order that was deleted: its units stay sold': {
    damage: (aside) => aside.delete('orders', { id: Buffer.from('paid') }),
    named: [...account('sold'), 'counter used'],
    ...{ planned: ['account', 'counter'], after: right },
  },
  'a guard that was deleted': {
    damage: (aside) => aside.rewrite((records) => ({ ...records, guards: {} })),
    ...{ named: ['guard order'], planned: ['guard'], after: right },
  },
  'a guard given to another order': {
    damage: (aside) =>
      aside.rewrite((records) => ({
        ...records,
        guards: ofEach(records.guards, ([, until]) => ['paid', until]),
      })),
    ...{ named: ['guard order'], planned: ['guard'], after: right },
  },
  'a limit that was reset': {
    damage: (aside) =>
      aside.rewrite((records) => ({
        ...records,
        counters: ofEach(records.counters, ([, archived]) => [0, archived]),
      })),
    ...{ named: ['counter used', 'counter used'], planned: ['counter', 'counter'], after: right },
  },
  'an account that was deleted is left to people': {
    damage: (aside) => aside.delete('stock_accounts', {}),
    ...{ named: ['account exists'], planned: ['account-missing'], after: {} },
  },
}

/** Somebody with a console of the database. */
class ByHand {
  constructor(
    private readonly knex: Knex,
    private readonly prefix: string,
  ) {}

  async add(changes: Readonly<Record<string, number>>): Promise<void> {
    const set = Object.entries(changes).map(([figure, change]) => `${figure} = ${figure} + ${change}`)
    await this.knex.raw(`update ${this.prefix}stock_accounts set ${set.join(', ')}`)
  }

  /** What is known of subjects; at least one of them must change. */
  async rewrite(change: (records: Records) => Records): Promise<void> {
    const table = `${this.prefix}subjects`
    let changed = 0
    for (const { subject, records } of await this.knex(table)) {
      const text = JSON.stringify(change(JSON.parse(records)))
      if (text === records) continue
      changed += await this.knex(table).where({ subject }).update({ records: text })
    }
    expect(changed).toBeGreaterThan(0)
  }

  async delete(table: string, where: object): Promise<void> {
    expect(
      await this.knex(this.prefix + table)
        .where(where)
        .delete(),
    ).toBeGreaterThan(0)
  }
}

type Scopes = Readonly<Record<string, readonly unknown[]>>
type Records = Readonly<Record<string, Scopes>>

function ofEach(scopes: Scopes = {}, change: (values: readonly unknown[]) => readonly unknown[]): Scopes {
  return Object.fromEntries(Object.entries(scopes).map(([scope, values]) => [scope, change(values)]))
}
