/** An account that a campaign opens and closes. */
export interface CampaignItem {
  readonly sku: string
  readonly pool: string
  /** Units that may be owed past stock while the campaign runs. */
  readonly backorderLimit: number
}

/** What a campaign was scheduled as: a repetition is told from another campaign by it, whatever became of it since. */
export interface CampaignPlan {
  readonly opensAt: number | null
  readonly closesAt: number | null
  readonly items: readonly CampaignItem[]
}

interface Common {
  readonly id: string
  readonly version: number
  readonly planned: CampaignPlan
  readonly opensAt: number | null
  readonly closesAt: number | null
  readonly items: readonly CampaignItem[]
  /** Items that were taken out, whose accounts the campaign no longer touches. */
  readonly dropped: readonly CampaignItem[]
}

export type CampaignState =
  | (Common & { readonly status: 'scheduled' })
  | (Common & { readonly status: 'open' })
  | (Common & { readonly status: 'closed' })
  | (Common & { readonly status: 'withdrawn' })

export type CampaignCommand =
  | {
      readonly kind: 'schedule'
      readonly id: string
      readonly opensAt: number | null
      readonly closesAt: number | null
      readonly items: readonly CampaignItem[]
    }
  | { readonly kind: 'change-items'; readonly id: string; readonly items: readonly CampaignItem[] }
  | { readonly kind: 'open'; readonly id: string }
  | { readonly kind: 'close'; readonly id: string }
  | { readonly kind: 'withdraw'; readonly id: string }

export type CampaignOutcome =
  | { readonly kind: 'scheduled' | 'items-changed' | 'opened' | 'closed' | 'withdrawn' }
  | { readonly kind: 'already'; readonly status: CampaignState['status'] }
  /** Another campaign stands under this id. */
  | { readonly kind: 'id-reused' }
  | { readonly kind: 'unknown-id' }

interface OfCampaign {
  readonly aggregate: 'campaign'
  readonly id: string
  readonly version: number
  readonly at: number
}

export type CampaignEvent = OfCampaign &
  (
    | {
        readonly type: 'scheduled'
        readonly opensAt: number | null
        readonly closesAt: number | null
        readonly items: readonly CampaignItem[]
      }
    | {
        readonly type: 'items-changed'
        readonly items: readonly CampaignItem[]
        readonly dropped: readonly CampaignItem[]
      }
    | { readonly type: 'opened'; readonly opensAt: number }
    | { readonly type: 'closed'; readonly closesAt: number }
    | { readonly type: 'withdrawn' }
  )
