import type { CampaignStore } from '@holdfast/core/adapter'
import { CAMPAIGN_CASES, CAMPAIGN_HISTORIES, EVERY_CAMPAIGN_COMMAND } from './campaigns/campaign-cases.js'
import type { KitOptions } from './kit/options.js'
import { defineSuite } from './kit/suite.js'

/** Defines the tests that every campaign store must pass. */
export function testCampaignStore(options: KitOptions<CampaignStore>): void {
  defineSuite('campaign store', options, [
    { name: 'every command in every status', cases: EVERY_CAMPAIGN_COMMAND },
    { name: 'campaigns', cases: CAMPAIGN_CASES },
    { name: 'model check', cases: CAMPAIGN_HISTORIES },
  ])
}
