import type { ReservationStore } from '@holdfast/core/adapter'
import type { Group } from '../kit/case.js'
import { EVERY_COMMAND_BY_STATE } from './every-command-by-state.js'

/** What `1-domain` decides, case by case. */
export const SPECIFICATION: readonly Group<ReservationStore>[] = [
  { name: 'every command in every state', cases: EVERY_COMMAND_BY_STATE },
]
