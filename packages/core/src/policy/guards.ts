import { GUARD_ROOT, SHOP_PART, scopePart } from './names.js'
import type { IdentityKind, RuleScope } from './types.js'

/** An unpaid-order guard's place, whoever buys. */
export interface PlannedGuard {
  readonly per: IdentityKind
  /** The SKU that is guarded by itself; `null` for the other scopes. */
  readonly sku: string | null
  /** The guard's name, up to the subject. */
  readonly root: string
}

/** The guards that an order of these SKUs (each once) and this campaign opens. */
export function plannedGuards(
  { per, scope }: { readonly per: IdentityKind; readonly scope: RuleScope },
  skus: readonly string[],
  campaign: string | undefined,
): readonly PlannedGuard[] {
  switch (scope) {
    case 'sku':
      return skus.map((sku) => ({ per, sku, root: GUARD_ROOT + scopePart('sku', sku) }))
    case 'campaign':
      if (campaign === undefined) return []
      return [{ per, sku: null, root: GUARD_ROOT + scopePart('campaign', campaign) }]
    case 'shop':
      return [{ per, sku: null, root: GUARD_ROOT + SHOP_PART }]
  }
}
