import type { AccountKey, Command, ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import {
  confirm,
  gate,
  giveBack,
  guard,
  judge,
  release,
  reserve,
  SHIRT,
  supply,
  transfer,
  units,
  use,
} from '../scenario/commands.js'
import type { Scenario } from '../scenario/scenario.js'
import { scene } from './story.js'

const LONG = 'x'.repeat(127)

/** Names that something along the way takes for one another, or cannot carry: each list is all different names. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  'that differ only in case': ['order', 'Order', 'ORDER', 'straße', 'STRASSE', 'ß', 'ẞ', 'i', 'I', 'ı', 'İ'],
  'that differ only in blanks around them': ['a', 'a ', 'a  ', ' a', 'a\t', 'a\n', '\u00A0a', 'a\u3000', ' '],
  'that differ only beyond a NUL': ['a', 'a\0', 'a\0b', 'a\0c', '\0', '\0a', 'a\0\0'],
  'that differ only in how an accent is composed': ['é', 'e\u0301', 'Å', 'A\u030A', '\u212B', 'ﬁ', 'fi'],
  'that differ only in their 128th unit': [LONG, `${LONG}a`, `${LONG}b`, `${LONG}A`],
  'of characters beyond 16 bits': ['😀', '😁', '😀😀', '\u{10FFFF}', '𠜎', '😀'.repeat(64), '🇩🇪', '👩‍🚀'],
  'of braces, colons and other delimiters': [
    '{a}',
    '{a}:b',
    'a:b',
    'a:b:c',
    '{}',
    ':',
    '::',
    '/',
    'a/b',
    'a|b',
    'a,b',
    '*',
    'a.b',
  ],
  'that mean something to a language': [
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    "'; drop table orders; --",
    '"',
    "'",
    '\\',
    '\\0',
    '%',
    '_',
    '$1',
    '$' + '{a}',
    '?',
    '?1',
    '%00',
    '&amp;',
  ],
  'that look like numbers': [
    '1',
    '01',
    '1.0',
    '1e0',
    '+1',
    '0x1',
    '-0',
    '0',
    '9007199254740993',
    '9007199254740992',
    'NaN',
  ],
  'at the ends of the alphabet': [
    '\u0001',
    '\u007F',
    '\u0080',
    '\u07FF',
    '\u0800',
    '\uD7FF',
    '\uE000',
    '\uFEFF',
    '\uFFFE',
    '\uFFFF',
  ],
}

/** Pairs of (SKU, pool), or of account and movement, that read the same once joined. */
const JOINED: readonly (readonly [string, string])[] = [
  ['a', 'b:c'],
  ['a:b', 'c'],
  ['a', 'b\0c'],
  ['a\0b', 'c'],
  ['a', 'b/c'],
  ['a/b', 'c'],
  ['ab', 'c'],
  ['a', 'bc'],
  ['["a"', '"b"]'],
  ['["a","b"', ']'],
  ['a', 'b|c'],
  ['a|b', 'c'],
  ['a', 'b,c'],
  ['a,b', 'c'],
  ['a', 'b c'],
  ['a b', 'c'],
]

async function grantAll(scenario: Scenario, commands: readonly Command[]): Promise<void> {
  const outcomes = await scenario.apply(...commands)
  assertSame(
    outcomes.map(({ kind }) => kind),
    commands.map(() => 'granted'),
    `not each of the names is a name of its own: ${JSON.stringify(commands)}`,
  )
}

/** Orders of their own, each its own in everything that has a name. */
async function nameOrders(scenario: Scenario, names: readonly string[]): Promise<void> {
  await scenario.apply(supply(1_000))
  const details = (name: string) => ({
    uses: [use(name, 1)],
    guards: [guard(name)],
    risk: gate(name, { refuseAt: 1 }),
    buyer: name,
    lines: name,
    data: name,
  })
  await grantAll(
    scenario,
    names.map((name) => reserve(name, details(name))),
  )
  await assertReadByName(scenario, names)
  for (const name of names) {
    await scenario.expect(reserve(name, { ...details(name), buyer: `${name} ` }), {
      kind: 'id-reused',
      differs: ['buyer'],
    })
  }
  await scenario.apply(...names.map((name) => release(name, 'buyer', name)))
  await scenario.apply(...names.map((name) => judge(name, { effect: 'refuse', until: null })))
}

/** Read by key, each name finds its own and nothing else. */
async function assertReadByName(scenario: Scenario, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const page = await scenario.read({
      kind: 'keys',
      accounts: [],
      reservations: [name],
      counters: [name],
      guards: [name],
      strikes: [],
    })
    assertSame(
      [
        page.reservations.map(({ id, state }) => [id, state.status === 'held' ? state.data : null]),
        page.counters.map((counter) => [counter.name, counter.used]),
        page.guards.map((slot) => [slot.name, slot.state.status === 'open' ? slot.state.id : null]),
      ],
      [[[name, name]], [[name, 1]], [[name, name]]],
      `read by the name ${JSON.stringify(name)}:`,
    )
  }
}

async function nameAccounts(scenario: Scenario, accounts: readonly AccountKey[]): Promise<void> {
  for (const [index, account] of accounts.entries()) {
    await scenario.expect(supply(index + 1, account, 'delivery'), { kind: 'supplied', available: index + 1 })
  }
  for (const [index, account] of accounts.entries()) {
    const page = await scenario.read({
      kind: 'keys',
      accounts: [account],
      reservations: [],
      counters: [],
      guards: [],
      strikes: [],
    })
    assertSame(
      page.accounts.map(({ key, available }) => [key, available]),
      [[account, index + 1]],
      `read by the account ${JSON.stringify(account)}:`,
    )
  }
  await grantAll(
    scenario,
    accounts.map((account, index) => reserve(`order ${index}`, { units: [units(index + 1, account)] })),
  )
}

export const IDS: readonly Case<ReservationStore>[] = [
  ...Object.entries(KINDS).flatMap(([kind, names]) => [
    scene(`orders, buyers and limits with names ${kind}`, (scenario) => nameOrders(scenario, names)),
    scene(
      `accounts with names ${kind}`,
      (scenario) =>
        nameAccounts(
          scenario,
          names.flatMap((name) => [
            { sku: name, pool: 'pool' },
            { sku: 'sku', pool: name },
          ]),
        ),
      'one partition',
    ),
    scene(`movements and payments with names ${kind}`, async (scenario) => {
      for (const name of names) await scenario.expect(supply(1, SHIRT, name), 'supplied')
      for (const name of names) await scenario.expect(supply(1, SHIRT, name), 'replayed-movement')
      await scenario.apply(...names.map((name) => reserve(name)))
      await scenario.apply(...names.map((name) => confirm(name, name)))
      for (const name of names) {
        await scenario.expect(confirm(name, `${name}!`), {
          kind: 'refund-required',
          why: { kind: 'duplicate-payment', paid: name },
        })
      }
    }),
  ]),
  scene(
    'accounts whose SKU and pool read the same once joined',
    (scenario) =>
      nameAccounts(
        scenario,
        JOINED.map(([sku, pool]) => ({ sku, pool })),
      ),
    'one partition',
  ),
  scene(
    'movements whose account and id read the same once joined',
    async (scenario) => {
      for (const [pool, movement] of JOINED) {
        await scenario.expect(supply(1, { sku: 'shirt', pool }, movement), 'supplied')
      }
      const [from, to] = [JOINED[1]?.[0] ?? '', JOINED[0]?.[0] ?? '']
      await scenario.expect(
        transfer(1, { sku: 'shirt', pool: from }, { sku: 'shirt', pool: to }, 'c'),
        'id-reused',
      )
    },
    'one partition',
  ),
  scene(
    'returns with movement ids that differ only in blanks',
    async (scenario) => {
      await scenario.apply(supply(9), reserve('order', { units: [units(3)] }), confirm('order'))
      for (const movement of ['m', 'm ', ' m']) await scenario.expect(giveBack('order', movement), 'returned')
    },
    'returns',
  ),
]
