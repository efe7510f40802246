import type {
  AccountKey,
  Command,
  Outcome,
  ReservationStore,
  StockAccountState,
} from '@holdfast/core/adapter'

/** Outcomes of a batch. */
export async function outcomesOf(
  store: ReservationStore,
  ...commands: readonly Command[]
): Promise<readonly Outcome[]> {
  const applied = await store.apply('main', null, commands)
  if (applied.kind !== 'applied') throw new Error(`fenced by epoch ${applied.epoch}`)
  return applied.outcomes
}

/** What each command was answered, by kind alone. */
export async function kindsOf(store: ReservationStore, ...commands: readonly Command[]): Promise<string[]> {
  return (await outcomesOf(store, ...commands)).map(({ kind }) => kind)
}

const NOTHING = { accounts: [], reservations: [], counters: [], guards: [], strikes: [] }

export async function accountOf(store: ReservationStore, key: AccountKey): Promise<StockAccountState> {
  const { accounts } = await store.read('main', { kind: 'keys', ...NOTHING, accounts: [key] })
  const [account] = accounts
  if (account === undefined) throw new Error(`no account ${JSON.stringify(key)}`)
  return account
}

/** The reservation's status; `absent` where there is none. */
export async function statusOf(store: ReservationStore, id: string): Promise<string> {
  const { reservations } = await store.read('main', { kind: 'keys', ...NOTHING, reservations: [id] })
  return reservations[0]?.state.status ?? 'absent'
}
