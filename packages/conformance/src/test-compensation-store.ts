import type { CompensationStore } from '@holdfast/core/adapter'
import {
  COMPENSATION_CASES,
  COMPENSATION_HISTORIES,
  EVERY_COMPENSATION_COMMAND,
} from './compensations/compensation-cases.js'
import type { KitOptions } from './kit/options.js'
import { defineSuite } from './kit/suite.js'

/** Defines the tests that every log of compensations must pass. */
export function testCompensationStore(options: KitOptions<CompensationStore>): void {
  defineSuite('compensation store', options, [
    { name: 'every command in every status', cases: EVERY_COMPENSATION_COMMAND },
    { name: 'attempts, leases and lists', cases: COMPENSATION_CASES },
    { name: 'model check', cases: COMPENSATION_HISTORIES },
  ])
}
