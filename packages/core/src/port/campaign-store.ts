import type { CampaignCommand, CampaignOutcome, CampaignState } from '../machines/campaign/types.js'

export interface CampaignStore {
  applyToCampaign(command: CampaignCommand): Promise<{
    readonly now: number
    readonly outcome: CampaignOutcome
    readonly state: CampaignState | null
  }>
  readCampaign(id: string): Promise<CampaignState | null>
  listCampaigns(query: {
    readonly cursor: string | null
    readonly limit: number
  }): Promise<{ readonly campaigns: readonly CampaignState[]; readonly cursor: string | null }>
}
