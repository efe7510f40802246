import type { AccountKey, StockAccountState } from '@holdfast/core/adapter'
import type { TableNames } from '../table-names.js'
import type { ChangedPosition, Changes, ToldRow } from '../work.js'
import type { AsRead, ReadAccount } from './as-read.js'
import { bytes, integer, integers, type Row, text } from './column.js'
import { flowSteps } from './flow-steps.js'
import { orderSteps } from './order-steps.js'
import { subjectSteps } from './subject-steps.js'
import { CONFIGURATION, COUNTER_NAMES, MOVED } from './tables.js'
import type { PlannedEvent, Update, WritePlan, WriteStep } from './write-plan.js'

/** Positions within the partition are taken as they were read: none of this is written without its lock. */
export function needsLock({ accounts, owed, movements, orders }: Changes, read: AsRead): boolean {
  if (owed.length > 0 || movements.length > 0) return true
  if (orders.some(({ row }) => row.queued !== null)) return true
  return accounts.some(({ state }) => {
    const known = read.account(state.key)
    return known === undefined || !isOnlyAdded(known.before, state)
  })
}

/** Whether an account's change is right whatever others have added to its counters meanwhile. */
function isOnlyAdded(before: StockAccountState, after: StockAccountState): boolean {
  return (
    before.backordered === 0 &&
    after.backordered === 0 &&
    before.supplied === after.supplied &&
    before.configVersion === after.configVersion
  )
}

/** What is written of the changes. Accounts that are new were inserted before. */
export function planOf(
  changes: Changes,
  read: AsRead,
  names: TableNames,
  now: number,
  token: string | null,
): WritePlan {
  const steps: WriteStep[] = [
    ...orderSteps(changes, read, names),
    ...subjectSteps(changes, names),
    ...historySteps(changes, read, names, now),
    ...flowSteps(changes, names),
    ...carriedSteps(changes, names),
  ]
  return {
    epoch: changes.partition.epoch ?? 0,
    sequences: changes.events.length > 0 && changes.carried.length === 0 ? 1 : 0,
    steps: steps.filter(({ rows }) => rows.length > 0),
    accounts: accountUpdate(
      changes.accounts.map(({ state }) => state),
      read,
      names,
    ),
    events: plannedEvents(changes, read),
    hasIds: changes.carried.length > 0,
    token,
  }
}

/** Only what any of them changes, the version always: a sale leaves most of an account as it is. */
function accountUpdate(states: readonly StockAccountState[], read: AsRead, names: TableNames): Update {
  const changes = states.map((state) => ({ state, ...known(read, state.key) }))
  const isConfigured = changes.some(({ state, before }) => state.configVersion !== before.configVersion)
  const moved = COUNTER_NAMES.filter((name) =>
    changes.some(({ state, before }) => state[name] !== before[name]),
  )
  return {
    kind: 'update',
    table: names.accounts,
    key: [integer('number')],
    expected: integers('config_version', 'backordered'),
    set: isConfigured ? CONFIGURATION : [],
    added: integers(...moved, 'version'),
    rows: changes.map(({ state, number, before }) => [
      ...[number, before.configVersion, before.backordered],
      ...(isConfigured ? [state.opensAt, state.closesAt, state.backorderLimit, state.configVersion] : []),
      ...moved.map((name) => state[name] - before[name]),
      state.version - before.version,
    ]),
  }
}

function historySteps(
  { ledger, movements }: Changes,
  read: AsRead,
  names: TableNames,
  now: number,
): WriteStep[] {
  return [
    {
      kind: 'insert',
      table: names.ledger,
      columns: [...integers('account', 'at'), ...MOVED],
      rows: ledgerRows(ledger, read),
    },
    {
      kind: 'insert',
      table: names.movements,
      columns: [integer('account'), bytes('movement'), text('data'), integer('at')],
      rows: movements.map(({ account, movement, data }) => [
        known(read, account).number,
        movement,
        data,
        now,
      ]),
    },
  ]
}

function ledgerRows(ledger: Changes['ledger'], read: AsRead): readonly Row[] {
  return ledger.map((entry) => [
    known(read, entry.account).number,
    entry.at,
    entry.cause,
    entry.reservation,
    entry.movement,
    entry.available,
    entry.reserved,
    entry.sold,
    entry.backordered,
    entry.supplied,
  ])
}

/** Whoever else has carried the partition meanwhile is met here. */
function carriedSteps({ carried: changed }: Changes, { carried }: TableNames): WriteStep[] {
  const key = [text('name')]
  const position = [...integers('epoch', 'sequence', 'at'), text('digest')]
  const rows = (isKnown: boolean) => changed.filter(({ before }) => (before !== null) === isKnown)
  const values = ({ position: { epoch, sequence, at, digest } }: ChangedPosition) => [
    epoch,
    sequence,
    at,
    digest,
  ]
  return [
    {
      kind: 'insert',
      table: carried,
      columns: [...key, ...position],
      rows: rows(false).map((one) => [one.partition, ...values(one)]),
    },
    {
      kind: 'update',
      table: carried,
      key,
      expected: integers('epoch', 'sequence'),
      set: position,
      added: [],
      rows: rows(true).map((one) => [
        ...[one.partition, one.before?.epoch ?? 0, one.before?.sequence ?? 0],
        ...values(one),
      ]),
    },
  ]
}

function plannedEvents({ events, carried }: Changes, read: AsRead): readonly PlannedEvent[] {
  return carried.length > 0 ? events : events.map((event) => plannedEvent(event, read))
}

function plannedEvent(event: ToldRow, read: AsRead): PlannedEvent {
  if (event.changed === undefined) return event
  const { account: key, withoutCounters: payload } = event.changed
  const account = known(read, key).number
  // Spelled out: V8 makes what is spread field by field, and orders of several SKUs change more accounts than there are orders.
  const { id, aggregatetype, aggregateid, type, version, orderVersion, at } = event
  return { id, aggregatetype, aggregateid, type, payload, version, orderVersion, at, account }
}

function known(read: AsRead, key: AccountKey): ReadAccount {
  const account = read.account(key)
  if (account === undefined) throw new Error(`the account ${JSON.stringify(key)} was changed and not read`)
  return account
}
