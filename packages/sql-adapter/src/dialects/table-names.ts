import { HoldfastError } from '@holdfast/core/adapter'

const NAMES = {
  partitions: 'epochs',
  batches: 'batches',
  accounts: 'stock_accounts',
  orders: 'orders',
  /** Up to the fourth migration. */
  records: 'subject_records',
  subjects: 'subjects',
  owed: 'owed_units',
  movements: 'movements',
  ledger: 'stock_ledger',
  outbox: 'outbox',
  campaigns: 'campaigns',
  compensations: 'compensations',
  messages: 'messages',
  relays: 'relays',
  parked: 'parked_messages',
  troubles: 'key_troubles',
  inbox: 'inbox',
  halfMessages: 'half_messages',
  marks: 'local_transactions',
  carried: 'carried_positions',
  migrations: 'migrations',
} as const

/** Names of Holdfast's tables, prefix included. The prefix holds letters, digits and `_` alone: none needs quotes. */
export type TableNames = { readonly [Table in keyof typeof NAMES]: string }

/** @throws HoldfastError `invalid-argument` (`options.tablePrefix`) */
export function tableNames(prefix: string): TableNames {
  if (typeof prefix !== 'string' || !/^(?:[A-Za-z_][A-Za-z0-9_]{0,29})?$/.test(prefix)) {
    throw new HoldfastError(
      'invalid-argument',
      'options.tablePrefix: must be at most 30 letters, digits and _, and not begin with a digit',
      { path: 'options.tablePrefix' },
    )
  }
  return Object.fromEntries(
    Object.entries(NAMES).map(([table, name]) => [table, prefix + name]),
  ) as unknown as TableNames
}
