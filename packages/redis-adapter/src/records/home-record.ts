import type { AdmittedOrder, PiecedOrderState, RecordedReturn } from '@holdfast/core/adapter'

interface KeptReturn {
  readonly told: string
}

interface KeptRecord {
  readonly status: PiecedOrderState['status']
  readonly [field: string]: unknown
}

/** The record of an order's pieces: `lua/includes/home.lua` keeps it as JSON, and beside it what is its own. */
export function homeRecordOf(text: Buffer): PiecedOrderState {
  const kept = JSON.parse(String(text)) as KeptRecord
  switch (kept.status) {
    case 'pending':
      return { status: 'pending', attempt: kept.attempt as AdmittedOrder['taking'] & object }
    case 'admitted':
      return {
        status: 'admitted',
        pieces: listOf(kept.pieces),
        taking: (kept.taking ?? null) as AdmittedOrder['taking'],
        strays: listOf(kept.strays),
        followed: kept.followed as number,
        returns: listOf<KeptReturn>(kept.returns).map(({ told }) => JSON.parse(told) as RecordedReturn),
      }
    case 'aborted': {
      const refusal = kept.refusal === undefined ? null : JSON.parse(kept.refusal as string)
      return { status: 'aborted', token: kept.token as string, refusal, strays: listOf(kept.strays) }
    }
    default:
      return { status: 'absent' }
  }
}

/** Lua writes an empty list as an empty object. */
function listOf<One>(kept: unknown): readonly One[] {
  return Array.isArray(kept) ? kept : []
}
