import * as pieced from '../machines/pieced-order/index.js'
import type { PiecedOrderState } from '../machines/pieced-order/types.js'
import type { PiecedHomes } from '../partition/state.js'
import type { AccountKey } from '../port/claims.js'

/** Records of orders in pieces, in maps. */
export class MemoryHomes implements PiecedHomes {
  private readonly records = new Map<string, PiecedOrderState>()
  /** Unfinished orders and pieces with news, the one that was left alone longest first. */
  private readonly unfinished = new Map<string, { readonly home: string; readonly since: number }>()

  private readonly movements = new Map<string, Map<string, string>>()

  record(id: string): PiecedOrderState {
    return this.records.get(id) ?? pieced.initialState()
  }

  put(id: string, home: string, record: PiecedOrderState, isFinished: boolean, now: number): void {
    this.unfinished.delete(id)
    if (record.status === 'absent') {
      this.records.delete(id)
      return
    }
    this.records.set(id, record)
    if (!isFinished) this.unfinished.set(id, { home, since: now })
  }

  putFilled(piece: string, home: string, isUntold: boolean, now: number): void {
    this.unfinished.delete(piece)
    if (isUntold) this.unfinished.set(piece, { home, since: now })
  }

  handOut(
    before: number,
    limit: number,
    now: number,
  ): readonly { readonly id: string; readonly home: string }[] {
    const found: { readonly id: string; readonly home: string }[] = []
    for (const [id, { home, since }] of this.unfinished) {
      if (since > before || found.length === limit) break
      found.push({ id, home })
    }
    for (const { id, home } of found) {
      this.unfinished.delete(id)
      this.unfinished.set(id, { home, since: now })
    }
    return found
  }

  /** What a movement's id stands for on a line of a piece whose units lie elsewhere. */
  movement({ pool }: AccountKey, movement: string): string | undefined {
    return this.movements.get(pool)?.get(movement)
  }

  putMovement({ pool }: AccountKey, movement: string, data: string): void {
    const known = this.movements.get(pool)
    if (known === undefined) this.movements.set(pool, new Map([[movement, data]]))
    else known.set(movement, data)
  }

  /** With the order's id, which has lapsed. */
  forget(id: string): void {
    this.records.delete(id)
    this.unfinished.delete(id)
  }
}
