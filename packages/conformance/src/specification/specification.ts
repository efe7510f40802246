import type { ReservationStore } from '@holdfast/core/adapter'
import type { Group } from '../kit/case.js'
import { BACKORDER } from './backorder.js'
import { BATCHES } from './batches.js'
import { BOUNDARIES } from './boundaries.js'
import { BUCKETS } from './buckets.js'
import { CORRECTIONS } from './corrections.js'
import { EPOCHS } from './epochs.js'
import { EVERY_COMMAND_BY_STATE } from './every-command-by-state.js'
import { GUARDS } from './guards.js'
import { HOLDS } from './holds.js'
import { IDS } from './ids.js'
import { LARGE_NUMBERS } from './large-numbers.js'
import { LIMITS } from './limits.js'
import { PAYMENTS } from './payments.js'
import { PRECEDENCE } from './precedence.js'
import { READING } from './reading.js'
import { REJECTED_ATTEMPTS } from './rejected-attempts.js'
import { RETRIES } from './retries.js'
import { STRIKES_AND_TAGS } from './strikes.js'
import { SUPPLY_AND_SETTINGS } from './supply.js'
import { TELLING } from './telling.js'

/** What a store must do, case by case: the port in words that run. */
export const SPECIFICATION: readonly Group<ReservationStore>[] = [
  { name: 'capabilities and epochs', cases: EPOCHS },
  { name: 'every command in every state', cases: EVERY_COMMAND_BY_STATE },
  { name: 'precedence of refusals', cases: PRECEDENCE },
  { name: 'boundaries', cases: BOUNDARIES },
  { name: 'retries', cases: RETRIES },
  { name: 'holds', cases: HOLDS },
  { name: 'payments', cases: PAYMENTS },
  { name: 'purchase limits', cases: LIMITS },
  { name: 'unpaid-order guards', cases: GUARDS },
  { name: 'strikes and tags', cases: STRIKES_AND_TAGS },
  { name: 'backorder', cases: BACKORDER },
  { name: 'supply and settings', cases: SUPPLY_AND_SETTINGS },
  { name: 'corrections', cases: CORRECTIONS },
  { name: 'buckets', cases: BUCKETS },
  { name: 'batches', cases: BATCHES },
  { name: 'rejected attempts', cases: REJECTED_ATTEMPTS },
  { name: 'ids', cases: IDS },
  { name: 'large numbers', cases: LARGE_NUMBERS },
  { name: 'reading', cases: READING },
  { name: 'events and ledger', cases: TELLING },
]
