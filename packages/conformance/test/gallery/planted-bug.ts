import type { ReservationStore, StoreClock } from '@holdfast/core/adapter'
import type { StoreUnderTest } from '../../src/kit/options.js'
import { type Variant, VariantStore } from './variant-store.js'

/** A store that is wrong in one way, and the case that must tell so. */
export interface PlantedBug {
  readonly name: string
  /** `group: case`, as the kit reports it. No other bug names the same one. */
  readonly caughtBy: string
  /** The code of the error that it surfaces, if it is not found out by comparison. */
  readonly throws?: string
  open(clock: StoreClock): StoreUnderTest<ReservationStore>
}

/** A store with one client and this variant. */
export function bug(name: string, caughtBy: string, variant: () => Variant): PlantedBug {
  return {
    name,
    caughtBy,
    open: (clock) => {
      const store = new VariantStore(clock, variant())
      return { store, clients: [store], restart: async () => store, close: () => store.close() }
    },
  }
}

/** A store that loses something when its process is restarted. */
export function forgetful(caughtBy: string, lose: (store: VariantStore) => void): PlantedBug {
  return {
    name: `a restart loses something (${caughtBy})`,
    caughtBy: `restarts: ${caughtBy}`,
    open: (clock) => {
      const store = new VariantStore(clock)
      const restart = async () => {
        lose(store)
        return store
      }
      return { store, clients: [store], restart, close: () => store.close() }
    },
  }
}
