/** One slot: open for the unpaid order `id` until `expiresAt`, then free whether swept or not. */
export interface OpenGuard {
  readonly status: 'open'
  readonly id: string
  readonly expiresAt: number
}

export type GuardState = { readonly status: 'free' } | OpenGuard

export type GuardCommand =
  | { readonly kind: 'open'; readonly id: string; readonly expiresAt: number; readonly now: number }
  | { readonly kind: 'extend'; readonly id: string; readonly expiresAt: number }
  | { readonly kind: 'free'; readonly id: string }

export type GuardEvent =
  | { readonly type: 'opened'; readonly id: string; readonly expiresAt: number }
  | { readonly type: 'extended'; readonly expiresAt: number }
  | { readonly type: 'freed' }

export type GuardOutcome =
  | { readonly kind: 'opened' | 'extended' | 'freed' }
  /** Another order's slot: nothing was done. */
  | { readonly kind: 'not-own' }
  | { readonly kind: 'unpaid-order'; readonly id: string; readonly expiresAt: number }
