/** Uses of one counter: claimed by held, deferred and confirmed reservations. */
export interface LimitState {
  used: number
  /** Uses kept by confirmed reservations whose ids have lapsed. */
  archived: number
}

export type LimitCommand =
  | { readonly kind: 'claim'; readonly quantity: number; readonly max: number; readonly usedBefore: number }
  | { readonly kind: 'keep'; readonly quantity: number }
  | { readonly kind: 'give-back'; readonly quantity: number }

export type LimitEvent =
  | { readonly type: 'claimed'; readonly quantity: number }
  | { readonly type: 'kept'; readonly quantity: number }
  | { readonly type: 'given-back'; readonly quantity: number }

export type LimitOutcome =
  | { readonly kind: 'claimed' | 'kept' | 'given-back' }
  | { readonly kind: 'purchase-limit'; readonly used: number }
