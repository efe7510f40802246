import type { StoreClock } from '@holdfast/core/adapter'
import type { DeclaredCapabilities, StoreUnderTest } from './options.js'
import type { ProfileFigures } from './profile.js'

/** What a case asks of a store beyond what every store has. */
export type Need =
  | 'backorder'
  | 'returns'
  | 'one partition'
  | 'clients'
  | 'restart'
  | 'durability'
  | 'corrections'
  | 'buckets'

/** What a case works with. */
export interface Kit<Store> {
  readonly capabilities: DeclaredCapabilities
  readonly figures: ProfileFigures
  /** Runs of each generated test, if the caller set them. */
  readonly runs: number | null
  readonly seed: number
  create(setting: { readonly clock: StoreClock }): Promise<StoreUnderTest<Store>>
}

export interface Case<Store> {
  readonly name: string
  readonly needs: readonly Need[]
  run(kit: Kit<Store>): Promise<void>
}

/** Cases of one subject. */
export interface Group<Store> {
  readonly name: string
  readonly cases: readonly Case<Store>[]
}

const isDeclared: Readonly<Record<Need, (declared: DeclaredCapabilities) => boolean>> = {
  backorder: (declared) => declared.backorder,
  returns: (declared) => declared.returns,
  'one partition': (declared) => declared.partitions === 'one',
  clients: (declared) => declared.clients,
  restart: (declared) => declared.restart,
  durability: (declared) => declared.durable,
  buckets: (declared) => declared.buckets === true,
  corrections: (declared) => declared.corrections === true,
}

/** The first need that the store does not declare; `null` if it declares all of them. */
export function missingNeed(needs: readonly Need[], declared: DeclaredCapabilities): Need | null {
  return needs.find((need) => !isDeclared[need](declared)) ?? null
}
