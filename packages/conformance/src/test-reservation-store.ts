import type { ReservationStore } from '@holdfast/core/adapter'
import { CLIENTS } from './concurrency/clients.js'
import { GENERATED_RACES } from './concurrency/generated-races.js'
import { RACES } from './concurrency/races.js'
import { DELAYED } from './faults/delayed-calls.js'
import { FAULTY_HISTORIES } from './faults/faulty-histories.js'
import { LOST_AND_DUPLICATED } from './faults/lost-and-duplicated.js'
import { RESTARTED } from './faults/restarts.js'
import type { KitOptions } from './kit/options.js'
import { defineSuite } from './kit/suite.js'
import { MODEL_CHECK } from './model/model-check.js'
import { SPECIFICATION } from './specification/specification.js'

/** Defines the tests that every reservation store must pass. */
export function testReservationStore(options: KitOptions<ReservationStore>): void {
  defineSuite('reservation store', options, [
    ...SPECIFICATION,
    { name: 'model check', cases: MODEL_CHECK },
    { name: 'clients', cases: CLIENTS },
    { name: 'races', cases: [...RACES, ...GENERATED_RACES] },
    { name: 'faults', cases: [...LOST_AND_DUPLICATED, ...DELAYED, ...RESTARTED, ...FAULTY_HISTORIES] },
  ])
}
