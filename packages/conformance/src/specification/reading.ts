import type { KeyQuery, ListQuery, Page, ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { START } from '../kit/virtual-clock.js'
import { readAll } from '../reference/visible-state.js'
import {
  configure,
  gate,
  guard,
  judge,
  MUG,
  reserve,
  SHIRT,
  SHIRT_EU,
  supply,
  units,
  use,
} from '../scenario/commands.js'
import type { Scenario } from '../scenario/scenario.js'
import { scene } from './story.js'

const NO_KEYS: KeyQuery = {
  kind: 'keys',
  accounts: [],
  reservations: [],
  counters: [],
  guards: [],
  strikes: [],
}

const NUMBERS = Array.from({ length: 10 }, (_, index) => String(index))

/** Ten of everything, in one SKU. */
async function tenOfEach(scenario: Scenario): Promise<void> {
  for (const number of NUMBERS) {
    await scenario.apply(
      supply(5, SHIRT, `delivery ${number}`),
      reserve(number, { uses: [use(number, 9)], guards: [guard(number)], risk: gate(number) }),
      judge(number, { effect: 'none', until: null }),
    )
  }
}

function pagesOf(of: Exclude<ListQuery['of'], 'accounts'>): Case<ReservationStore> {
  return scene(`${of} are listed in pages of any size, each entry once`, async (scenario) => {
    await tenOfEach(scenario)
    const whole = await readAll((query) => scenario.read(query), of)
    for (const limit of [1, 3, 9, 10, 11]) {
      assertSame(
        await readAll((query) => scenario.read(query), of, { limit }),
        whole,
        `${of} in pages of ${limit}:`,
      )
      const first = await scenario.read({ kind: 'list', of, cursor: null, limit })
      assertSame(
        first[of].length,
        Math.min(limit, whole.length),
        `entries in the first page of ${limit} ${of}:`,
      )
    }
  })
}

function keysOf({ accounts, reservations, counters, guards, strikes }: Page): unknown {
  return {
    accounts: accounts.map(({ key }) => key),
    reservations: reservations.map(({ id }) => id).sort(),
    counters: counters.map(({ name }) => name).sort(),
    guards: guards.map(({ name }) => name).sort(),
    strikes: strikes.map(({ name }) => name).sort(),
  }
}

async function accountsListed(scenario: Scenario, filter: Partial<ListQuery>): Promise<unknown> {
  const page = await scenario.read({ kind: 'list', of: 'accounts', cursor: null, limit: 50, ...filter })
  return page.accounts.map(({ key }) => key)
}

/** Reading by key, listing in pages, and looking at one consistent state. */
export const READING: readonly Case<ReservationStore>[] = [
  ...(['reservations', 'counters', 'guards', 'strikes', 'events', 'ledger'] as const).map(pagesOf),
  scene('by key, what is there is found and what is not is left out', async (scenario) => {
    await tenOfEach(scenario)
    const page = await scenario.read({
      ...NO_KEYS,
      accounts: [SHIRT, MUG],
      reservations: ['3', 'nobody', '4'],
      counters: ['5', 'nothing'],
      guards: ['6', 'nothing'],
      strikes: ['7', 'nobody'],
    })
    assertSame(
      keysOf(page),
      { accounts: [SHIRT], reservations: ['3', '4'], counters: ['5'], guards: ['6'], strikes: ['7'] },
      'found by key:',
    )
    assertSame(
      [page.cursor, page.now],
      [null, START],
      'a page by key has no next, and the clock of its read:',
    )
  }),
  scene('no keys find nothing', async (scenario) => {
    await tenOfEach(scenario)
    const nothing = { accounts: [], reservations: [], counters: [], guards: [], strikes: [] }
    assertSame(keysOf(await scenario.read(NO_KEYS)), nothing, 'found by no keys:')
  }),
  scene('a key asked twice, or a thousand keys, find what is there', async (scenario) => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `order ${index}`)
    await scenario.apply(supply(1_000), ...ids.map((id) => reserve(id)))
    const page = await scenario.read({ ...NO_KEYS, reservations: ids, accounts: [SHIRT] })
    assertSame(page.reservations.length, 1_000, 'reservations found:')
    const again = await scenario.read({ ...NO_KEYS, reservations: ['order 1', 'order 2'] })
    assertSame(again.reservations.map(({ id }) => id).sort(), ['order 1', 'order 2'], 'reservations found:')
  }),
  scene('a page does not change when its partition does', async (scenario) => {
    await scenario.apply(supply(5), reserve('one', { uses: [use('limit', 9)] }))
    const page = await scenario.read({
      ...NO_KEYS,
      accounts: [SHIRT],
      counters: ['limit'],
      reservations: ['one'],
    })
    const copy = JSON.stringify(page)
    await scenario.apply(reserve('two', { uses: [use('limit', 9)] }))
    assertSame(JSON.stringify(page), copy, 'the page read before:')
  }),
  scene(
    'accounts are listed by SKU and pool, all or those asked for',
    async (scenario) => {
      const accounts = [SHIRT, SHIRT_EU, MUG, { sku: 'Shirt', pool: 'default' }, { sku: 'shirt', pool: 'EU' }]
      await scenario.apply(...accounts.map((account) => supply(1, account)))
      const [mug, upper] = [MUG, { sku: 'Shirt', pool: 'default' }]
      const all = [upper, mug, { sku: 'shirt', pool: 'EU' }, SHIRT, SHIRT_EU]
      assertSame(await accountsListed(scenario, {}), all, 'all accounts:')
      assertSame(
        await readAll((query) => scenario.read(query), 'accounts', { limit: 2 }),
        await readAll((query) => scenario.read(query), 'accounts'),
        'accounts in pages of 2:',
      )
      assertSame(
        await accountsListed(scenario, { account: { sku: 'shirt' } }),
        all.slice(2),
        'accounts of a SKU:',
      )
      assertSame(await accountsListed(scenario, { account: SHIRT_EU }), [SHIRT_EU], 'one account:')
      assertSame(await accountsListed(scenario, { account: { sku: 'nothing' } }), [], 'accounts of no SKU:')
    },
    'one partition',
  ),
  scene(
    'the ledger is listed by account',
    async (scenario) => {
      await scenario.apply(
        supply(5),
        supply(5, SHIRT_EU),
        reserve('order', { units: [units(1), units(1, SHIRT_EU)] }),
      )
      const read = (account: { sku: string; pool?: string }) =>
        readAll((query) => scenario.read(query), 'ledger', { account, limit: 1 })
      const causes = (await read(SHIRT_EU)).map(({ account, cause }) => [account, cause])
      assertSame(
        causes,
        [
          [SHIRT_EU, 'restock'],
          [SHIRT_EU, 'granted'],
        ],
        'the ledger of one account:',
      )
      assertSame((await read({ sku: 'shirt' })).length, 4, 'entries in the ledger of a SKU:')
      assertSame(await read(MUG), [], 'the ledger of an unknown account:')
    },
    'one partition',
  ),
  scene(
    'accounts that owe units and have some are listed as fillable',
    async (scenario) => {
      await scenario.apply(
        supply(0),
        configure(1, { backorderLimit: 5 }),
        reserve('order', { backorder: true }),
      )
      assertSame(await accountsListed(scenario, { fillable: true }), [], 'fillable without stock:')
      await scenario.apply(supply(1))
      assertSame(await accountsListed(scenario, { fillable: true }), [SHIRT], 'fillable with stock:')
    },
    'backorder',
  ),
  scene('a snapshot shows one state, whatever is applied meanwhile', async (scenario) => {
    await scenario.apply(supply(5), reserve('one'))
    const partition = scenario.partitionOf([])
    let meanwhile: Promise<unknown> = Promise.resolve()
    const looks = await scenario.store.snapshot(partition, async (read) => {
      const look = async () => {
        const { accounts } = await read({ ...NO_KEYS, accounts: [SHIRT] })
        const reservations = await readAll(read, 'reservations', { limit: 1 })
        return JSON.stringify([accounts, reservations])
      }
      const first = await look()
      meanwhile = scenario.send(scenario.store, [reserve('two')])
      await new Promise((resolve) => setImmediate(resolve))
      return [first, await look()]
    })
    await meanwhile
    scenario.foresee([reserve('two')])
    assertSame(looks[1], looks[0], 'the second look into the snapshot:')
  }),
  scene('a snapshot that fails says so, and the store goes on', async (scenario) => {
    await scenario.apply(supply(5))
    const failure = new Error('the reader gave up')
    const caught = await scenario.store
      .snapshot(scenario.partitionOf([]), () => Promise.reject(failure))
      .catch((error: unknown) => error)
    assertSame(caught === failure, true, 'the failure reached its caller:')
    await scenario.expect(reserve('one'), 'granted')
  }),
]
