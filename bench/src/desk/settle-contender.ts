import { OrderDesk } from '@holdfast/core'
import type { Contender, Engine, Stand } from '../contender.js'
import { LawBroken } from '../law-broken.js'
import type { Contents } from './contents.js'
import { CALLERS } from './desk-contender.js'
import { checkUnits, unitsHeld } from './desk-laws.js'
import { POLICY } from './shop-desk.js'

export interface SettleContender {
  readonly engine: Engine
  readonly name: string
  readonly open: () => Promise<Contents>
  /** Ids of held orders of one unit, each once; `null`: there are no more. */
  readonly taker: () => Promise<() => string | null>
  readonly settle: (desk: OrderDesk, orderId: string) => Promise<{ readonly ok: boolean }>
  /** What a settled order's unit becomes. */
  readonly becomes: 'sold' | 'available'
}

/** Ends held orders one call each, as payments and cancellations come in. */
export function settleContender(options: SettleContender): Contender {
  const { engine, name, settle, becomes } = options
  const open = async (): Promise<Stand> => {
    const contents = await options.open()
    const desk = new OrderDesk({ store: contents.store, policy: POLICY })
    const next = await options.taker()
    const before = await unitsHeld(desk)
    let settled = 0
    return {
      callers: CALLERS,
      call: async () => {
        const id = next()
        if (id === null) return null
        const result = await settle(desk, id)
        if (!result.ok) throw new LawBroken(`order ${id} was answered ${JSON.stringify(result)}`)
        settled += 1
        return 1
      },
      checkLaws: async () => {
        const sold = becomes === 'sold' ? settled : 0
        checkUnits(before, await unitsHeld(desk), { reserved: -settled, sold })
      },
      close: async () => {
        await desk.close()
        await contents.left?.({ reservations: 0, nextBuyer: contents.firstBuyer })
      },
    }
  }
  return { engine, name, unit: 'orders/s', open }
}

/** Expires due holds as the worker does, a batch a call. */
export function expireContender(options: Pick<SettleContender, 'engine' | 'name' | 'open'>): Contender {
  const { engine, name } = options
  const open = async (): Promise<Stand> => {
    const contents = await options.open()
    const desk = new OrderDesk({ store: contents.store, policy: POLICY })
    const before = await unitsHeld(desk)
    let expired = 0
    return {
      callers: 1,
      latency: false,
      call: async () => {
        const count = await sweep(contents)
        expired += count
        return count === 0 ? null : count
      },
      checkLaws: async () => checkUnits(before, await unitsHeld(desk), { reserved: -expired, sold: 0 }),
      close: async () => {
        await desk.close()
        await contents.left?.({ reservations: 0, nextBuyer: contents.firstBuyer })
      },
    }
  }
  return { engine, name, unit: 'orders/s', open }
}

/** As many as the worker asks for at a time. */
const SWEPT = 500

async function sweep({ store }: Contents): Promise<number> {
  const [partition = ''] = await store.partitions()
  const applied = await store.apply(partition, null, [{ kind: 'sweep', limit: SWEPT }])
  const outcome = applied.kind === 'applied' ? applied.outcomes[0] : undefined
  if (outcome?.kind !== 'swept') throw new LawBroken('a sweep was not answered')
  return outcome.expired.length
}
