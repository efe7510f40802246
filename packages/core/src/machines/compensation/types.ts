/** What must be undone, in this order. */
export const COMPENSATION_STEPS = ['order-rolled-back', 'units-restored', 'notified'] as const
export type CompensationStep = (typeof COMPENSATION_STEPS)[number]

interface Common {
  /** The order's id. */
  readonly order: string
  readonly home: string
  readonly reason: string
  /** Which run of the compensation this is: a step of another run changes nothing. */
  readonly execution: string
  /** Steps done so far, in order. */
  readonly done: readonly CompensationStep[]
  /** Attempts that failed since the last step done or resume. */
  readonly attempts: number
  readonly version: number
  readonly requiredAt: number
}

export interface RequiredCompensation extends Common {
  readonly status: 'required'
  readonly nextAttemptAt: number
  readonly lastError: string | null
}
/** Its retry budget is spent: it waits for an operator. */
export interface ParkedCompensation extends Common {
  readonly status: 'parked'
  readonly lastError: string
}
export interface DoneCompensation extends Common {
  readonly status: 'done'
  readonly doneAt: number
}

export type CompensationState = RequiredCompensation | ParkedCompensation | DoneCompensation

export type CompensationCommand =
  | {
      readonly kind: 'require'
      readonly order: string
      readonly home: string
      readonly reason: string
      readonly execution: string
    }
  | {
      readonly kind: 'step'
      readonly order: string
      readonly execution: string
      readonly step: CompensationStep
    }
  | {
      readonly kind: 'fail'
      readonly order: string
      readonly execution: string
      readonly error: string
      /** Failed attempts after which it is parked. */
      readonly budget: number
      /** Wait before the next attempt, ms. */
      readonly retryAfterMs: number
    }
  | { readonly kind: 'resume'; readonly order: string }

export type CompensationOutcome =
  | { readonly kind: 'required' | 'step-done' | 'done' | 'retrying' | 'parked' | 'resumed' }
  /** Nothing was to be done. */
  | { readonly kind: 'already'; readonly status: CompensationState['status'] }
  /** The step before it is not done yet. */
  | { readonly kind: 'out-of-order'; readonly expected: CompensationStep }
  | { readonly kind: 'other-execution'; readonly execution: string }
  | { readonly kind: 'unknown-id' }

interface OfCompensation {
  readonly aggregate: 'compensation'
  readonly order: string
  readonly version: number
  readonly at: number
}

export type CompensationEvent = OfCompensation &
  (
    | {
        readonly type: 'required'
        readonly home: string
        readonly reason: string
        readonly execution: string
      }
    | { readonly type: 'step-done'; readonly step: CompensationStep; readonly execution: string }
    | { readonly type: 'attempt-failed'; readonly error: string; readonly nextAttemptAt: number }
    | { readonly type: 'parked'; readonly attempts: number; readonly error: string }
    | { readonly type: 'resumed' }
    | { readonly type: 'done' }
  )
