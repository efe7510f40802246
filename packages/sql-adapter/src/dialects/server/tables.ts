import type {
  CampaignState,
  CompensationState,
  LimitState,
  OpenGuard,
  OrderStatus,
  Status,
  StockAccountState,
  StrikeState,
} from '@holdfast/core/adapter'
import type { EventRow } from '../../rows/event-row.js'
import type { StoredOrderRow } from '../../rows/order-row.js'
import { safeInteger, safeIntegerOrNull } from '../../rows/safe-integer.js'
import type { Numbered, NumberedEntry, RecordKind, RecordStates } from '../dialect.js'
import { bytes, type Column, integer, integers, type Row, text } from './column.js'

/** Columns as they are read, and what a row of them says. */

export const COUNTERS = integers('available', 'reserved', 'sold', 'backordered', 'supplied', 'archived')
export const CONFIGURATION = integers('opens_at', 'closes_at', 'backorder_limit', 'config_version')

export const ACCOUNT = [
  integer('number'),
  bytes('sku'),
  bytes('pool'),
  ...COUNTERS,
  ...CONFIGURATION,
  integer('version'),
]

export function numberOf(row: Row): number {
  return safeInteger(row[0], 'number')
}

export function accountOf(row: Row): StockAccountState {
  return {
    key: { sku: row[1] as string, pool: row[2] as string },
    available: safeInteger(row[3], 'available'),
    reserved: safeInteger(row[4], 'reserved'),
    sold: safeInteger(row[5], 'sold'),
    backordered: safeInteger(row[6], 'backordered'),
    supplied: safeInteger(row[7], 'supplied'),
    archived: safeInteger(row[8], 'archived'),
    opensAt: safeIntegerOrNull(row[9], 'opens_at'),
    closesAt: safeIntegerOrNull(row[10], 'closes_at'),
    backorderLimit: safeInteger(row[11], 'backorder_limit'),
    configVersion: safeInteger(row[12], 'config_version'),
    version: safeInteger(row[13], 'version'),
  }
}

export const ORDER = [
  integer('number'),
  bytes('id'),
  text('status'),
  integer('version'),
  text('order_status'),
  ...integers('order_version', 'created_at', 'reserved_at', 'due_at', 'ended_at', 'queued'),
  text('claims'),
  text('ending'),
  text('request'),
]

export function orderOf(row: Row): StoredOrderRow {
  return {
    number: numberOf(row),
    id: row[1] as string,
    status: row[2] as Status | null,
    version: safeInteger(row[3], 'version'),
    orderStatus: row[4] as OrderStatus | null,
    orderVersion: safeInteger(row[5], 'order_version'),
    createdAt: safeIntegerOrNull(row[6], 'created_at'),
    reservedAt: safeIntegerOrNull(row[7], 'reserved_at'),
    dueAt: safeIntegerOrNull(row[8], 'due_at'),
    endedAt: safeIntegerOrNull(row[9], 'ended_at'),
    queued: safeIntegerOrNull(row[10], 'queued'),
    claims: row[11] as string | null,
    ending: row[12] as string | null,
    request: row[13] as string | null,
  }
}

export const RECORD_KEY = [bytes('subject'), text('kind'), bytes('scope')]
export const RECORD = [
  ...RECORD_KEY,
  ...integers('used', 'archived'),
  bytes('id'),
  ...integers('expires_at', 'strikes', 'until'),
  text('tag'),
]

export function recordKindOf(row: Row): RecordKind {
  return row[1] as RecordKind
}

export function recordNameOf(row: Row): string {
  return (row[2] as string) + (row[0] as string)
}

export const recordOf: { readonly [Kind in RecordKind]: (row: Row) => RecordStates[Kind] } = {
  counter: (row): LimitState => ({
    used: safeInteger(row[3], 'used'),
    archived: safeInteger(row[4], 'archived'),
  }),
  guard: (row): OpenGuard => ({
    status: 'open',
    id: row[5] as string,
    expiresAt: safeInteger(row[6], 'expires_at'),
  }),
  strikes: (row): StrikeState => ({
    count: safeInteger(row[7], 'strikes'),
    until: safeInteger(row[8], 'until'),
    tag: row[9] === null ? null : (JSON.parse(row[9] as string) as StrikeState['tag']),
  }),
}

export const EVENT = [
  integer('seq'),
  text('id'),
  text('aggregatetype'),
  bytes('aggregateid'),
  ...[text('type'), text('payload')],
  ...integers('version', 'order_version', 'at'),
]

export function eventOf(row: Row): EventRow {
  return {
    seq: safeInteger(row[0], 'seq'),
    id: row[1] as string,
    aggregatetype: row[2] as EventRow['aggregatetype'],
    aggregateid: row[3] as string,
    type: row[4] as EventRow['type'],
    payload: row[5] as string,
    version: safeInteger(row[6], 'version'),
    orderVersion: safeIntegerOrNull(row[7], 'order_version'),
    at: safeInteger(row[8], 'at'),
  }
}

export const MOVED: readonly Column[] = [
  ...[bytes('cause'), bytes('reservation'), bytes('movement')],
  ...integers('available', 'reserved', 'sold', 'backordered', 'supplied'),
]
export const ENTRY = [integer('seq'), integer('account'), integer('at'), ...MOVED]

export function entryOf(row: Row, account: NumberedEntry['entry']['account']): NumberedEntry {
  return {
    number: safeInteger(row[0], 'seq'),
    entry: {
      account,
      at: safeInteger(row[2], 'at'),
      cause: row[3] as string,
      reservation: row[4] as string | null,
      movement: row[5] as string | null,
      available: safeInteger(row[6], 'available'),
      reserved: safeInteger(row[7], 'reserved'),
      sold: safeInteger(row[8], 'sold'),
      backordered: safeInteger(row[9], 'backordered'),
      supplied: safeInteger(row[10], 'supplied'),
    },
  }
}

export const FLOW = [integer('number'), text('state')]

export function flowOf<State extends CampaignState | CompensationState>(row: Row): Numbered<State> {
  return { number: numberOf(row), state: JSON.parse(row[1] as string) as State }
}
