import { isHoldfastError } from '@holdfast/core'
import type { ReservationStore } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { Case, Need } from '../src/kit/case.js'
import type { DeclaredCapabilities, KitOptions } from '../src/kit/options.js'
import { checkProperty } from '../src/kit/property.js'
import { defineSuite } from '../src/kit/suite.js'
import { testReservationStore } from '../src/test-reservation-store.js'
import { StrictStore } from './strict-store.js'

const EVERYTHING: DeclaredCapabilities = {
  ...new StrictStore({ now: () => 0 }).capabilities,
  clients: true,
  restart: true,
  buckets: true,
}

/** A test runner that keeps what it is given. */
class Collected {
  readonly tests = new Map<string, (...context: unknown[]) => Promise<void>>()
  readonly reported: string[] = []

  options(
    capabilities: DeclaredCapabilities = EVERYTHING,
    profile: 'quick' | 'full' = 'quick',
  ): KitOptions<ReservationStore> {
    return {
      describe: (_name, define) => define(),
      it: (name, run) => this.tests.set(name, run),
      create: async ({ clock }) => {
        const store = new StrictStore(clock, capabilities)
        return { store, clients: [store], restart: async () => store, close: () => store.close() }
      },
      capabilities,
      profile,
      report: (line) => this.reported.push(line),
    }
  }

  /** Each test's verdict, run in order with a context that notes what is skipped. */
  async verdicts(): Promise<Map<string, string>> {
    const verdicts = new Map<string, string>()
    for (const [name, run] of this.tests) {
      verdicts.set(name, 'passed')
      const context = { skip: (why: string) => verdicts.set(name, `skipped: ${why}`) }
      await run(context).catch((error: unknown) => verdicts.set(name, `failed: ${error}`))
    }
    return verdicts
  }
}

function acase(
  name: string,
  run: () => Promise<void> = async () => {},
  ...needs: readonly Need[]
): Case<ReservationStore> {
  return { name, needs, run }
}

function failing(): Promise<void> {
  return Promise.reject(new Error('broken'))
}

describe('a suite', () => {
  const cases = [acase('a'), acase('b', failing), acase('c')]

  test('runs nothing more after a failure on the quick profile, and says so', async () => {
    const collected = new Collected()
    defineSuite('suite', collected.options(), [{ name: 'group', cases }])
    expect([...(await collected.verdicts()).values()]).toEqual([
      'passed',
      'failed: Error: broken',
      'skipped: not run after the failure of "group: b"',
    ])
  })

  test('fails what it did not run where the runner cannot skip', async () => {
    const collected = new Collected()
    defineSuite('suite', collected.options(), [{ name: 'group', cases }])
    await expect(collected.tests.get('b')?.()).rejects.toThrow('broken')
    await expect(collected.tests.get('c')?.()).rejects.toThrow('not run after the failure of "group: b"')
  })

  test('goes on after a failure on the full profile', async () => {
    const collected = new Collected()
    defineSuite('suite', collected.options(EVERYTHING, 'full'), [{ name: 'group', cases }])
    expect([...(await collected.verdicts()).values()]).toEqual(['passed', 'failed: Error: broken', 'passed'])
  })

  test('leaves out what is not declared, and reports it', () => {
    const collected = new Collected()
    const declared = { ...EVERYTHING, returns: false, clients: false }
    defineSuite('suite', collected.options(declared), [
      {
        name: 'group',
        cases: [
          acase('a'),
          acase('b', failing, 'returns'),
          acase('c', failing, 'clients'),
          acase('d', failing, 'returns'),
        ],
      },
    ])
    expect([...collected.tests.keys()]).toEqual(['a'])
    expect(collected.reported).toEqual([
      'suite: cases declined by the declared capabilities: 2 for want of returns, 1 for want of clients',
    ])
  })

  test('reports nothing where all is declared', () => {
    const collected = new Collected()
    testReservationStore(collected.options())
    expect(collected.reported).toEqual([])
  })

  test('refuses a store that keeps its own time', () => {
    const options = new Collected().options({ ...EVERYTHING, clock: 'store' })
    expect(() => testReservationStore(options)).toThrow(TypeError)
  })
})

const lesser: readonly (readonly [string, Partial<DeclaredCapabilities>])[] = [
  ['no backorder', { backorder: false }],
  ['no returns', { returns: false }],
  ['one account a partition', { partitions: 'many', buckets: false }],
  ['no durability', { durable: false }],
  ['no buckets', { buckets: false }],
  ['neither clients nor restarts', { clients: false, restart: false }],
  [
    'none of it',
    {
      ...{
        backorder: false,
        returns: false,
        partitions: 'many',
        durable: false,
        clients: false,
        restart: false,
      },
      buckets: false,
    },
  ],
]

describe('a store that declares less is asked no more', () => {
  test.each(lesser)('%s', async (_name, less) => {
    const collected = new Collected()
    testReservationStore(collected.options({ ...EVERYTHING, ...less }))
    const verdicts = [...(await collected.verdicts())].filter(([, verdict]) => verdict !== 'passed')
    expect(verdicts).toEqual([])
    expect(collected.reported).toHaveLength(1)
  })

  test('and would have been found out, had it declared more', async () => {
    const store = new StrictStore({ now: () => 0 }, { ...EVERYTHING, backorder: false })
    const fill = { kind: 'fill', account: { sku: 'shirt', pool: 'default' }, limit: 1 } as const
    const refused = await store.apply('main', null, [fill]).catch((error: unknown) => error)
    expect(isHoldfastError(refused, 'invalid-argument')).toBe(true)
  })
})

describe('a generated test', () => {
  afterEach(() => {
    delete process.env.HOLDFAST_REPLAY
  })

  const below500 = (seen: number[]) => async (input: number) => {
    seen.push(input)
    if (input >= 500) throw new Error(`${input} is too much`)
  }
  const inputs = fc.nat(1_000)

  test('prints what replays its failure, and the variable replays that input alone', async () => {
    const check = (seen: number[]) =>
      checkProperty({ seed: 7, runs: null }, { name: 'numbers', runs: 100, inputs }, below500(seen))
    const failure = await check([]).catch((error: Error) => error.message)
    expect(failure).toContain('500 is too much')
    const replay = /HOLDFAST_REPLAY='(numbers\/7\/[\d:]+)'/.exec(String(failure))?.[1]
    expect(replay).toBeDefined()
    process.env.HOLDFAST_REPLAY = replay
    const seen: number[] = []
    await expect(check(seen)).rejects.toThrow('500 is too much')
    expect(seen).toEqual([500])
  })

  test('is not replayed for another', async () => {
    process.env.HOLDFAST_REPLAY = 'others/7/0'
    const seen: number[] = []
    await checkProperty({ seed: 7, runs: 20 }, { name: 'numbers', runs: 100, inputs }, async (input) => {
      seen.push(input)
    })
    expect(seen).toHaveLength(20)
  })

  test('draws the same inputs from the same seed', async () => {
    const [one, other]: [number[], number[]] = [[], []]
    for (const seen of [one, other]) {
      await checkProperty({ seed: 7, runs: null }, { name: 'numbers', runs: 30, inputs }, async (input) => {
        seen.push(input)
      })
    }
    expect(one).toHaveLength(30)
    expect(other).toEqual(one)
  })
})
