import { MemoryStore } from '@holdfast/core'
import type { Command, Query } from '@holdfast/core/adapter'
import { describe, expect, it } from 'vitest'
import type { MixOptions } from '../load/order-mix.js'
import { empty } from './contents.js'
import { deskContender } from './desk-contender.js'

const HOT: MixOptions = { skus: 1, linesPerOrder: 1 }

async function standOn(store: MemoryStore, mix = HOT, counts: 'granted' | 'sold-out' = 'granted') {
  const open = async () => empty(store)
  return deskContender({ engine: 'memory', name: 'desk', mix, counts, open }).open()
}

describe('a desk', () => {
  it.each([
    ['one line', HOT],
    ['two lines', { skus: 20, linesPerOrder: 2 }],
  ])('is answered what the mix means, and keeps the laws: %s', async (_, mix) => {
    const stand = await standOn(new MemoryStore(), mix)
    let granted = 0
    for (let call = 0; call < 100; call++) granted += (await stand.call()) ?? 0
    expect(granted).toBe(96)
    await stand.checkLaws()
    await stand.close()
  })

  it('counts refusals where there is nothing to sell', async () => {
    const stand = await standOn(new MemoryStore(), HOT, 'sold-out')
    expect(await stand.call()).toBe(1)
    await stand.checkLaws()
    await stand.close()
  })

  it('is caught when a grant is told that is not stored', async () => {
    class Forgetful extends MemoryStore {
      override async apply(partition: string, epoch: number | null, commands: readonly Command[]) {
        const applied = await super.apply(partition, epoch, commands)
        if (applied.kind !== 'applied' || commands[0]?.kind !== 'reserve') return applied
        const release = { ...commands[0], kind: 'release', cause: 'seller', reason: null } as const
        await super.apply(partition, epoch, [release])
        return applied
      }
    }
    const stand = await standOn(new Forgetful())
    await stand.call()
    await expect(stand.checkLaws()).rejects.toThrow('units reserved: found 0, due 1')
    await stand.close()
  })

  it('is caught when units are lost', async () => {
    class Leaky extends MemoryStore {
      override async read(partition: string, query: Query) {
        const page = await super.read(partition, query)
        const accounts = page.accounts.map((account) =>
          account.reserved > 0 ? { ...account, available: account.available - 1 } : account,
        )
        return { ...page, accounts }
      }
    }
    const stand = await standOn(new Leaky())
    await stand.call()
    await expect(stand.checkLaws()).rejects.toThrow(/^units in all: found 999999999, due 1000000000$/)
    await stand.close()
  })

  it('is caught when the audit finds a difference', async () => {
    class Careless extends MemoryStore {
      override async snapshot<T>(
        partition: string,
        work: (read: (query: Query) => ReturnType<MemoryStore['read']>) => Promise<T>,
      ) {
        return super.snapshot(partition, (read) =>
          work(async (query) => ({ ...(await read(query)), guards: [] })),
        )
      }
    }
    const stand = await standOn(new Careless())
    await stand.call()
    await expect(stand.checkLaws()).rejects.toThrow(/^audit: guard /)
    await stand.close()
  })
})
