import type { ReservationStore } from '@holdfast/core/adapter'
import { CLIENTS } from './concurrency/clients.js'
import { GENERATED_RACES } from './concurrency/generated-races.js'
import { ONLOOKERS } from './concurrency/onlookers.js'
import { RACES } from './concurrency/races.js'
import { DELAYED } from './faults/delayed-calls.js'
import { FAULTY_HISTORIES } from './faults/faulty-histories.js'
import { LOST_AND_DUPLICATED } from './faults/lost-and-duplicated.js'
import { RESTARTED } from './faults/restarts.js'
import type { Group } from './kit/case.js'
import { MODEL_CHECK } from './model/model-check.js'
import { SPECIFICATION } from './specification/specification.js'

/** All cases of the reservation store, the quickest to understand first. */
export const RESERVATION_STORE_GROUPS: readonly Group<ReservationStore>[] = [
  ...SPECIFICATION,
  { name: 'clients', cases: CLIENTS },
  { name: 'lost and duplicated calls', cases: LOST_AND_DUPLICATED },
  { name: 'delayed calls', cases: DELAYED },
  { name: 'restarts', cases: RESTARTED },
  { name: 'races', cases: [...RACES, ...ONLOOKERS] },
  { name: 'generated histories', cases: [...MODEL_CHECK, ...FAULTY_HISTORIES] },
  { name: 'generated races', cases: GENERATED_RACES },
]
