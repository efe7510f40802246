import type {
  CompensationCommand,
  CompensationOutcome,
  CompensationState,
} from '../machines/compensation/types.js'

/** The log of compensations: what must be undone, how far it is, and what waits for an operator. */
export interface CompensationStore {
  applyToCompensation(command: CompensationCommand): Promise<{
    readonly now: number
    readonly outcome: CompensationOutcome
    readonly state: CompensationState | null
  }>
  readCompensation(order: string): Promise<CompensationState | null>
  /** Those not done whose next attempt is due, leased for `leaseMs`. */
  takeCompensations(limit: number, leaseMs: number): Promise<readonly CompensationState[]>
  listCompensations(query: {
    readonly status?: CompensationState['status']
    readonly cursor: string | null
    readonly limit: number
  }): Promise<{ readonly compensations: readonly CompensationState[]; readonly cursor: string | null }>
}
