import {
  type CampaignState,
  type CompensationState,
  EMPTY_PAGE,
  type KeyQuery,
  type OrderState,
  type Page,
} from '@holdfast/core/adapter'
import { recordKey } from '../rows/record-key.js'
import { KeyedWork } from './keyed-work.js'

/** Reads by key, each list in the order asked for. */
export class ReadKeys extends KeyedWork<Page> {
  constructor(private readonly query: KeyQuery) {
    const { accounts, reservations: orders, counters, guards, strikes } = query
    const names = [...counters, ...guards, ...strikes]
    super({ accounts, orders, subjects: new Set(names.map((name) => recordKey(name).subject)) })
  }

  decide(now: number) {
    const { query, rows } = this
    const result: Page = {
      ...EMPTY_PAGE,
      now,
      accounts: query.accounts.flatMap((key) => rows.accounts.get(key) ?? []),
      reservations: query.reservations.flatMap((id) => {
        const state = rows.orders.reservation(id)
        return state === undefined ? [] : { id, state }
      }),
      counters: query.counters.flatMap((name) => {
        const state = rows.subjects.counters.get(name)
        return state === undefined ? [] : { name, ...state }
      }),
      guards: query.guards.flatMap((name) => {
        const state = rows.subjects.guards.get(name)
        return state === undefined ? [] : { name, state }
      }),
      strikes: query.strikes.flatMap((name) => {
        const state = rows.subjects.strikes.get(name)
        return state === undefined ? [] : { name, state }
      }),
    }
    return { changes: null, result }
  }
}

/** Orders by id; `null` for those that are not there. */
export class ReadOrders extends KeyedWork<readonly (OrderState | null)[]> {
  constructor(private readonly ids: readonly string[]) {
    super({ orders: ids })
  }

  decide() {
    const result = this.ids.map((id) => this.rows.orders.get(id)?.orderState() ?? null)
    return { changes: null, result }
  }
}

export class ReadCampaign extends KeyedWork<CampaignState | null> {
  constructor(private readonly id: string) {
    super({ campaigns: [id] })
  }

  decide() {
    return { changes: null, result: this.rows.campaigns.get(this.id) ?? null }
  }
}

export class ReadCompensation extends KeyedWork<CompensationState | null> {
  constructor(private readonly order: string) {
    super({ compensations: [order] })
  }

  decide() {
    return { changes: null, result: this.rows.compensations.get(this.order) ?? null }
  }
}
