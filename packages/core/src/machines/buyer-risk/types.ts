import type { RiskEffect } from '../../port/commands.js'

/** Strikes count until `until`; each one starts the time anew. A tag is the shop's own word and goes before them. */
export interface StrikeState {
  readonly count: number
  readonly until: number
  readonly tag: { readonly effect: RiskEffect; readonly until: number | null } | null
}

export type RiskCommand =
  | { readonly kind: 'strike'; readonly strikeMs: number; readonly now: number }
  | { readonly kind: 'tag'; readonly tag: StrikeState['tag'] }
  | { readonly kind: 'forgive' }

export type RiskEvent =
  | { readonly type: 'struck'; readonly count: number; readonly until: number }
  | { readonly type: 'tagged'; readonly tag: StrikeState['tag'] }
  | { readonly type: 'forgiven' }

export interface RiskOutcome {
  readonly kind: 'struck' | 'tagged' | 'forgiven' | 'unchanged'
}
