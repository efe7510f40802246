import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../desk/shop.test-support.js'
import { MemoryStore } from '../memory/store.js'
import type { Submit } from '../pieced/homes.js'
import { PiecedSender } from '../pieced/pieced-sender.js'
import { orderOf, PATIENCE } from '../pieced/world.test-support.js'
import type { Scheduler } from '../scheduler.js'

const BUCKETS = 7

/** A store of seven buckets that counts what is read, and of which one may hang. */
class Nodes extends MemoryStore {
  reads = 0
  hanging: string | null = null

  constructor() {
    super({ clock: new VirtualClock(), partitions: BUCKETS, spread: ['A'] })
  }

  override read(...args: Parameters<MemoryStore['read']>): ReturnType<MemoryStore['read']> {
    this.reads += 1
    return args[0] === this.hanging ? new Promise(() => {}) : super.read(...args)
  }
}

/** Its timers end when they are told to, but for those of callers that wait for ever. */
class Timers implements Scheduler {
  private readonly waiting = new Set<() => void>()

  now(): number {
    return 0
  }

  timer(ms: number, done: () => void): () => void {
    if (ms < PATIENCE.deadlineMs) this.waiting.add(done)
    return () => this.waiting.delete(done)
  }

  defer(done: () => void): void {
    setImmediate(done)
  }

  end(): void {
    for (const done of this.waiting) done()
  }
}

async function opened(units: number) {
  const store = new Nodes()
  const timers = new Timers()
  const submit: Submit = async (partition, command) => {
    const applied = await store.apply(partition, null, [command])
    if (applied.kind === 'fenced') throw new Error('fenced')
    return { outcome: applied.outcomes[0] as never, now: applied.now, epoch: applied.epoch }
  }
  const sender = new PiecedSender(store, submit, () => 'token', timers)
  const account = { sku: 'A', pool: 'default' }
  await sender.send(
    { kind: 'supply', movement: 'delivery', account, delta: units, cause: 'restock' },
    PATIENCE,
  )
  const buy = async (id: string, quantity = 1) => {
    const order = orderOf(id, id, ['A'], { quantity })
    const alone = { ...order, claims: { ...order.claims, uses: [] }, guards: [], risk: null }
    return (await sender.send(alone, PATIENCE)).outcome
  }
  return { store, timers, sender, buy }
}

describe('buyers who are refused at once', () => {
  it('share a look into the buckets', async () => {
    const { store, buy } = await opened(0)
    store.reads = 0
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => buy(`buyer ${n}`)))
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['insufficient-stock']))
    expect(store.reads).toBeLessThanOrEqual(2 * BUCKETS)
  })

  it('are given what there is, whoever waits in which bucket', async () => {
    const { buy } = await opened(50)
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => buy(`buyer ${n}`)))
    expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(50)
  })
})

describe('a bucket that does not answer', () => {
  it('keeps nobody from the units of the others', async () => {
    const { store, timers, buy } = await opened(70)
    store.hanging = 'p000'
    const answer = buy('ada', 30)
    await turns()
    timers.end()
    expect(await answer).toMatchObject({ kind: 'granted' })
  })

  it('leaves nobody with word that all is sold: what it has is not known', async () => {
    const { store, timers, buy } = await opened(70)
    store.hanging = 'p000'
    const answer = buy('ada', 65)
    const told = expect(answer).rejects.toMatchObject({ code: 'overloaded' })
    await turns()
    timers.end()
    await told
    store.hanging = null
    expect(await buy('ada', 65)).toMatchObject({ kind: 'granted' })
  })
})

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
