import { OrderDesk } from '@holdfast/core'
import { SqlStore } from '@holdfast/sql-adapter'
import type { Knex } from 'knex'

const { HOLD_SECONDS = '900' } = process.env

/** The desk on the shop's own database, the same in every process. */
export function openDesk(db: Knex): OrderDesk {
  return new OrderDesk({
    store: new SqlStore(db),
    policy: {
      holdFor: { seconds: Number(HOLD_SECONDS) },
      limits: [{ id: 'two-each', per: 'user', scope: 'sku', max: 2 }],
      unpaidOrder: { per: 'user', scope: 'sku' },
    },
  })
}
