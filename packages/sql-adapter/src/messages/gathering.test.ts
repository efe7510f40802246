import { describe, expect, test } from 'vitest'
import { Gathering } from './gathering.js'

describe('asks that are gathered', () => {
  test('go together when they come together, and gather while a batch is out', async () => {
    const batches: (readonly number[])[] = []
    let finish = () => {}
    const gathering = new Gathering<number, number>(async (asks) => {
      batches.push(asks)
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return asks.map((ask) => ask * 2)
    })
    const first = [1, 2, 3].map((ask) => gathering.ask(ask))
    await new Promise((resolve) => setImmediate(resolve))
    const second = [4, 5].map((ask) => gathering.ask(ask))
    await new Promise((resolve) => setImmediate(resolve))
    expect(batches).toEqual([[1, 2, 3]])
    finish()
    expect(await Promise.all(first)).toEqual([2, 4, 6])
    await new Promise((resolve) => setImmediate(resolve))
    expect(batches).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
    finish()
    expect(await Promise.all(second)).toEqual([8, 10])
    const later = gathering.ask(6)
    await new Promise((resolve) => setImmediate(resolve))
    finish()
    expect(await later).toBe(12)
  })

  test('of more than a batch takes are answered in several', async () => {
    const sizes: number[] = []
    const gathering = new Gathering<number, number>(async (asks) => {
      sizes.push(asks.length)
      return asks
    })
    const all = Array.from({ length: 450 }, (_, index) => index)
    expect(await Promise.all(all.map((ask) => gathering.ask(ask)))).toEqual(all)
    expect(sizes).toEqual([200, 200, 50])
  })

  test('that fail together are asked alone, and each gets its own answer', async () => {
    const gathering = new Gathering<number, number>(async (asks) => {
      if (asks.includes(13)) throw new Error(`no luck with ${asks.length}`)
      return asks
    })
    const settled = await Promise.allSettled([12, 13, 14].map((ask) => gathering.ask(ask)))
    expect(settled).toEqual([
      { status: 'fulfilled', value: 12 },
      { status: 'rejected', reason: new Error('no luck with 1') },
      { status: 'fulfilled', value: 14 },
    ])
    expect(await gathering.ask(15)).toBe(15)
  })
})
