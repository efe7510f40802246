import type { PlacedOrder, UnitsOf } from './orders-as-told.js'
import type { PlaceRefusal } from './refusals.js'

export type Placed = {
  readonly ok: true
  readonly id: string
  readonly order: PlacedOrder
  /** Whether an earlier call with this id had placed it. */
  readonly replayed: boolean
  /** `pieced`: it spans partitions, and was admitted piece by piece. */
  readonly admission: 'atomic' | 'pieced'
}
export type NotPlaced = { readonly ok: false; readonly id: string } & PlaceRefusal
export type PlaceResult = Placed | NotPlaced

export type PreviewResult =
  | {
      readonly ok: true
      readonly id: string
      /** Units that would be owed past stock. */
      readonly owed: readonly UnitsOf[]
      readonly deferred: boolean
      /** Whether the order stands already. */
      readonly replayed: boolean
    }
  | NotPlaced
