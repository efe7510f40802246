import type { KnownReservation } from '../machines/reservation/types.js'
import type { Confirm } from '../port/commands.js'

/**
 * The claims that a late payment takes again, for a store that has forgotten them; `null` where a payment takes nothing
 * any more.
 *
 * @param retentionMs how long after its placing a payment may take again
 */
export function retakeOf(
  state: KnownReservation,
  retentionMs: number,
): { readonly home: string; readonly claims: NonNullable<Confirm['retake']> } | null {
  if (state.status !== 'expired' && state.status !== 'held' && state.status !== 'deferred') return null
  const { home, fingerprint, lines, uses, backorder, reservedAt } = state
  return {
    home,
    claims: {
      fingerprint,
      units: lines.map(({ account, quantity }) => ({ account, quantity })),
      uses: uses.map(({ counter, prior, max, lines: of }) => ({
        counter,
        prior,
        max,
        lines: of,
        from: 0,
        to: null,
      })),
      backorder,
      until: reservedAt + retentionMs,
    },
  }
}
