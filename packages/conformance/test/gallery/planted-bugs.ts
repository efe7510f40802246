import { BOUNDARIES } from './bugs/boundaries.js'
import { CONCURRENT } from './bugs/concurrent.js'
import { DECIDING } from './bugs/deciding.js'
import { FAULTS } from './bugs/faults.js'
import { HOLDS_AND_PAYMENTS } from './bugs/holds-and-payments.js'
import { LIMITS_AND_GUARDS } from './bugs/limits-and-guards.js'
import { NAMES } from './bugs/names.js'
import { RESTARTS } from './bugs/restarts.js'
import { SUPPLY_AND_BATCHES } from './bugs/supply-and-batches.js'
import { TELLING_AND_READING } from './bugs/telling-and-reading.js'
import type { PlantedBug } from './planted-bug.js'

/** Every wrong store that the kit must convict. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...NAMES,
  ...DECIDING,
  ...BOUNDARIES,
  ...LIMITS_AND_GUARDS,
  ...HOLDS_AND_PAYMENTS,
  ...SUPPLY_AND_BATCHES,
  ...TELLING_AND_READING,
  ...CONCURRENT,
  ...FAULTS,
  ...RESTARTS,
]
