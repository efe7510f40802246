import type {
  CampaignState,
  CompensationState,
  LimitState,
  OpenGuard,
  StrikeState,
} from '@holdfast/core/adapter'
import { safeInteger } from '../../rows/safe-integer.js'
import type { Numbered, RecordKind, RecordStates } from '../dialect.js'
import { numberOf } from '../stored-rows.js'
import { bytes, type Column, integer, integers, type Row, text } from './column.js'

/** Columns as they are read, and what a row of them says. */

export const COUNTER_NAMES = ['available', 'reserved', 'sold', 'backordered', 'supplied', 'archived'] as const
const COUNTERS = integers(...COUNTER_NAMES)
export const CONFIGURATION = integers('opens_at', 'closes_at', 'backorder_limit', 'config_version')

export const ACCOUNT = [
  integer('number'),
  bytes('sku'),
  bytes('pool'),
  ...COUNTERS,
  ...CONFIGURATION,
  integer('version'),
]

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

export const MOVED: readonly Column[] = [
  ...[bytes('cause'), bytes('reservation'), bytes('movement')],
  ...integers('available', 'reserved', 'sold', 'backordered', 'supplied'),
]
export const ENTRY = [integer('seq'), integer('account'), integer('at'), ...MOVED]

export const CARRIED = [text('name'), ...integers('epoch', 'sequence', 'at'), text('digest')]

export const FLOW = [integer('number'), text('state')]

export function flowOf<State extends CampaignState | CompensationState>(row: Row): Numbered<State> {
  return { number: numberOf(row), state: JSON.parse(row[1] as string) as State }
}
