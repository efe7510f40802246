import type { AccountKey, OrderStatus, Status, StockAccountState } from '@holdfast/core/adapter'
import type { EventRow } from '../rows/event-row.js'
import type { StoredOrderRow } from '../rows/order-row.js'
import { safeInteger, safeIntegerOrNull } from '../rows/safe-integer.js'
import type { MovementRow, NumberedEntry, OwedRow } from './dialect.js'

// What rows say, their columns in the one order in which every engine reads them.

type Row = readonly unknown[]

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

export function entryOf(row: Row, account: AccountKey): NumberedEntry {
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

/** Account's number, SKU, pool, id of the movement, what it stands for. */
export function movementOf(row: Row): MovementRow {
  const [, sku, pool, movement, data] = row as [unknown, string, string, string, string]
  return { number: numberOf(row), account: { sku, pool }, movement, data }
}

/** Account's number, SKU, pool, id of the reservation, position. */
export function owedOf(row: Row): OwedRow {
  const [, sku, pool, id] = row as [unknown, string, string, string]
  return { number: numberOf(row), account: { sku, pool }, id, position: safeInteger(row[4], 'position') }
}
