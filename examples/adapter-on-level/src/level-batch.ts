import * as core from '@holdfast/core/adapter'
import { accountKey, digits, indexKeys, type Kept, owing, tableOf } from './tables.js'
import { Transaction } from './transaction.js'

/** What a batch is decided on: `prepare` reads whatever it can touch, before core asks for it. */
export class LevelBatch extends Transaction implements core.PartitionState {
  readonly accounts = new core.ChangedAccounts()
  private readonly ledger: core.LedgerEntry[] = []

  /** Reads what the commands name; whom they meet by guard, deadline or debt; what those would change. */
  async prepare(commands: readonly core.Command[], now: number): Promise<void> {
    const named = new core.TouchedKeys()
    for (const command of commands) named.addCommand(command)
    await this.loadKeys(named)
    const met = this.loaded('guards').flatMap(({ id, expiresAt }) => (expiresAt <= now ? [id] : []))
    // Commands before a sweep or a fill may use up as many of those that it would find.
    const more = named.reservations.size + met.length + 1
    const most = named.fills.reduce((sum, { limit }) => sum + limit, named.sweepLimit + more)
    if (named.sweepLimit > 0) met.push(...(await this.indexed('due/', most)))
    for (const { account } of named.fills)
      met.push(...(await this.indexed(`owed/${accountKey(account)}`, most)))
    await this.load('reservations', met)
    const touched = new core.TouchedKeys()
    for (const { state } of this.loaded('reservations')) touched.addReservation(state)
    await this.loadKeys(touched)
  }

  private async loadKeys(keys: core.TouchedKeys): Promise<void> {
    const movements = keys.movements.map(({ account, movement }) => accountKey(account) + movement)
    const all = { ...keys, accounts: keys.accounts().map(accountKey), movements }
    for (const kind of ['accounts', 'reservations', 'counters', 'guards', 'strikes', 'movements'] as const)
      await this.load(kind, all[kind])
  }

  private indexed(prefix: string, limit: number): Promise<string[]> {
    const range = { gte: prefix, lt: `${prefix}:`, limit }
    return tableOf(this.level, 'index').values(range).all()
  }

  readonly account = (key: core.AccountKey) => this.get('accounts', accountKey(key))
  readonly createAccount = (key: core.AccountKey) =>
    this.put('accounts', accountKey(key), core.stock.initialState(key))
  readonly reservation = (id: string) => this.get('reservations', id)?.state
  readonly counter = (name: string) => this.get('counters', name)
  readonly counterToChange = (name: string) =>
    this.put('counters', name, this.counter(name) ?? core.limit.initialState())
  readonly guard = (name: string) => this.get('guards', name)
  readonly putGuard = (name: string, state?: core.OpenGuard) => this.put('guards', name, state)
  readonly strikes = (name: string) => this.get('strikes', name)
  readonly putStrikes = (name: string, state: core.StrikeState) => this.put('strikes', name, state)
  readonly movement = (key: core.AccountKey, id: string) => this.get('movements', accountKey(key) + id)
  readonly putMovement = (key: core.AccountKey, id: string, data: string) =>
    this.put('movements', accountKey(key) + id, data)

  accountChanged(state: core.StockAccountState, change: core.StockAccountEvent, cause: core.Cause): void {
    this.accounts.note(state, change, cause)
    this.put('accounts', accountKey(state.key), state)
    const entry = core.ledgerEntry(state.key, change, cause)
    if (entry !== null) this.ledger.push(entry)
  }

  putReservation(id: string, state: core.KnownReservation): void {
    const before = this.get('reservations', id)
    const isNewlyOwed = owing(state).length > 0 && owing(before?.state).length === 0
    const after = { id, state, place: isNewlyOwed ? this.next('place') : (before?.place ?? 0) }
    for (const key of indexKeys(before)) this.put('index', key, undefined)
    for (const key of indexKeys(after)) this.put('index', key, id)
    this.put('reservations', id, after)
  }

  due(now: number, most: number): readonly string[] {
    const due = this.live().filter(({ expiresAt }) => expiresAt <= now)
    return due.slice(0, most).map(({ id }) => id)
  }

  readonly nextDueAt = () => this.live()[0]?.expiresAt ?? null

  /** The live holds that were read, the first due first. */
  private live() {
    const all = this.loaded('reservations').map(({ id, state }) => ({ id, ...state }))
    const live = all.filter((state) => 'expiresAt' in state)
    return live.sort((one, other) => one.expiresAt - other.expiresAt || core.inByteOrder(one.id, other.id))
  }

  owed(key: core.AccountKey, most: number): readonly string[] {
    const isOwed = ({ state }: Kept['reservations']) => owing(state).includes(accountKey(key))
    const waiting = this.loaded('reservations').filter(isOwed)
    waiting.sort((one, other) => one.place - other.place)
    return waiting.slice(0, most).map(({ id }) => id)
  }

  /** Adds to what is told of the partition: the batch's events and ledger, in order. */
  tell(events: readonly core.StoreEvent[], epoch: number): void {
    if (events.length === 0) return
    const sequence = this.next('sequence')
    const keyOf = (index: number) => `${digits(sequence)}/${digits(index)}`
    for (const [index, event] of events.entries())
      this.put('events', keyOf(index), { id: `main/${epoch}/${sequence}/${index}`, event })
    for (const [index, entry] of this.ledger.entries()) this.put('ledger', keyOf(index), entry)
  }
}
