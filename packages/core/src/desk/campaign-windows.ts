import type { CampaignItem, CampaignState } from '../machines/campaign/types.js'
import type { AccountKey } from '../port/claims.js'
import { callOf, campaignsOf, type DeskParts } from './parts.js'
import { BY_HAND } from './refusals.js'
import type { AccountSettings, Stocking } from './stocking.js'

/** As an account is without a campaign. */
const FREE: AccountSettings = { opensAt: null, closesAt: null, backorderLimit: 0 }
/** Times that windows are written anew because another process changed a campaign meanwhile. */
const ATTEMPTS = 10

/**
 * What campaigns make of their accounts. An account that several name has the window of one of them: of the one that
 * opened last, else of the one that opens next; so that a campaign may be scheduled while another is running.
 */
export class CampaignWindows {
  constructor(
    private readonly parts: DeskParts,
    private readonly stocking: Stocking,
  ) {}

  /**
   * Brings the accounts of a campaign, and those that it gave up, to what all campaigns say of them. Doing it again
   * changes nothing. Returns the items whose accounts do not exist.
   */
  async write(
    { id, items }: CampaignState,
    givenUp: readonly CampaignItem[],
  ): Promise<readonly CampaignItem[]> {
    const accounts = [...givenUp, ...items]
    let written = ''
    for (let attempt = 1; ; attempt++) {
      const own = await campaignsOf(this.parts).readCampaign(id)
      const live = await this.live()
      const settings = accounts.map((account) => settingsOf(account, own, live))
      const said = JSON.stringify(settings)
      // Looked at again after each writing: another process may have changed a campaign in between.
      if (said === written || attempt > ATTEMPTS) break
      await this.set(accounts, settings)
      written = said
    }
    return this.missing(items)
  }

  private async set(items: readonly AccountKey[], settings: readonly AccountSettings[]): Promise<void> {
    const call = callOf(this.parts)
    const results = await Promise.allSettled(
      items.map(({ sku, pool }, index) =>
        this.stocking.set({ sku, pool }, call, () => settings[index] as AccountSettings),
      ),
    )
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  private async missing(items: readonly CampaignItem[]): Promise<readonly CampaignItem[]> {
    const known = await this.stocking.existing(items)
    return items.filter((_, index) => !known[index])
  }

  /** Every campaign that runs or is to come, the one that goes first in front. */
  private async live(): Promise<readonly CampaignState[]> {
    const live: CampaignState[] = []
    for (let cursor: string | null = null; ; ) {
      const page = await campaignsOf(this.parts).listCampaigns({ cursor, limit: 1_000 })
      live.push(...page.campaigns.filter(({ status }) => status === 'scheduled' || status === 'open'))
      if (page.cursor === null) return live.sort(byPrecedence)
      cursor = page.cursor
    }
  }
}

function byPrecedence(one: CampaignState, other: CampaignState): number {
  if (one.status !== other.status) return one.status === 'open' ? -1 : 1
  const [a, b] = [one.opensAt ?? BY_HAND, other.opensAt ?? BY_HAND]
  return (one.status === 'open' ? b - a : a - b) || (one.id < other.id ? -1 : 1)
}

function settingsOf(
  account: AccountKey,
  own: CampaignState | null,
  live: readonly CampaignState[],
): AccountSettings {
  for (const campaign of live) {
    const item = itemOf(campaign, account)
    if (item !== undefined) return { ...windowOf(campaign), backorderLimit: item.backorderLimit }
  }
  const item = own?.status === 'closed' ? itemOf(own, account) : undefined
  if (own === null || item === undefined) return FREE
  return { ...windowOf(own), backorderLimit: item.backorderLimit }
}

function itemOf({ items }: CampaignState, { sku, pool }: AccountKey): CampaignItem | undefined {
  return items.find((item) => item.sku === sku && item.pool === pool)
}

function windowOf({
  status,
  opensAt,
  closesAt,
}: CampaignState): Pick<AccountSettings, 'opensAt' | 'closesAt'> {
  if (status === 'scheduled' && opensAt === null) return { opensAt: BY_HAND, closesAt: null }
  // Closed before it opened, or opened after its end: closed is what it is, not "not open yet".
  const isNeverOpen = opensAt !== null && closesAt !== null && opensAt >= closesAt
  return { opensAt: isNeverOpen ? null : opensAt, closesAt }
}
