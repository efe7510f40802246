import type { CampaignState, CompensationState } from '@holdfast/core/adapter'
import type { Numbered } from '../dialect.js'
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

export const SUBJECT = [bytes('subject'), text('records')]

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
