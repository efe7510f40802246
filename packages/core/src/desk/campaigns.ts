import {
  type CampaignReference,
  type ChangeCampaignItems,
  campaignReferenceSchema,
  changeCampaignItemsSchema,
  type ScheduleCampaign,
  scheduleCampaignSchema,
} from '../input/campaign.js'
import { idSchema } from '../input/fields.js'
import { type PageQuery, pageSchema } from '../input/listing.js'
import { parse } from '../input/parse.js'
import type { CampaignCommand, CampaignItem, CampaignState } from '../machines/campaign/types.js'
import { campaignsOf, type DeskParts } from './parts.js'
import type { Stocking } from './stocking.js'

/** A campaign as a shop reads it. */
export interface Campaign {
  readonly id: string
  readonly status: CampaignState['status']
  readonly opensAt: Date | null
  readonly closesAt: Date | null
  readonly items: readonly CampaignItem[]
  readonly version: number
}

export type CampaignResult =
  | {
      readonly ok: true
      readonly campaign: Campaign
      /** Nothing was to be done. */
      readonly replayed: boolean
      /** Items whose accounts do not exist yet: restock them (0 will do), then call again. */
      readonly missing: readonly CampaignItem[]
    }
  | { readonly ok: false; readonly reason: 'unknown-campaign' | 'id-reused' }
  /** A campaign that was closed or withdrawn stays so. */
  | { readonly ok: false; readonly reason: 'already'; readonly status: CampaignState['status'] }

/**
 * Sales that open and close together. A campaign's window is written into the accounts of its items, where the store's
 * own clock decides: "close now" takes effect at once in every process. A call that died on the way is finished by
 * calling it again, or by the worker.
 */
export class Campaigns {
  constructor(
    private readonly parts: DeskParts,
    private readonly stocking: Stocking,
  ) {}

  async schedule(campaign: ScheduleCampaign): Promise<CampaignResult> {
    const { id, opensAt = null, closesAt = null, items } = parse(scheduleCampaignSchema, campaign, 'campaign')
    return this.apply({ kind: 'schedule', id, opensAt, closesAt, items: this.items(items, id) })
  }

  async changeItems(change: ChangeCampaignItems): Promise<CampaignResult> {
    const { id, items } = parse(changeCampaignItemsSchema, change, 'change')
    return this.apply({ kind: 'change-items', id, items: this.items(items, id) })
  }

  /** Opens the sale now. */
  async open(campaign: CampaignReference): Promise<CampaignResult> {
    return this.apply({ kind: 'open', id: parse(campaignReferenceSchema, campaign, 'campaign').id })
  }

  /** Closes the sale now. */
  async close(campaign: CampaignReference): Promise<CampaignResult> {
    return this.apply({ kind: 'close', id: parse(campaignReferenceSchema, campaign, 'campaign').id })
  }

  /** Calls the campaign off: its accounts are sold as if it had never been. */
  async withdraw(campaign: CampaignReference): Promise<CampaignResult> {
    return this.apply({ kind: 'withdraw', id: parse(campaignReferenceSchema, campaign, 'campaign').id })
  }

  async get(id: string): Promise<Campaign | null> {
    const state = await campaignsOf(this.parts).readCampaign(parse(idSchema, id, 'id'))
    return state === null ? null : campaignAsTold(state)
  }

  async list(query: PageQuery = {}) {
    const { cursor = null, limit = 100 } = parse(pageSchema, query, 'query')
    const page = await campaignsOf(this.parts).listCampaigns({ cursor, limit })
    return { campaigns: page.campaigns.map(campaignAsTold), cursor: page.cursor }
  }

  /** Tells of campaigns that time has opened or closed, and writes their windows anew. Returns how many changed. */
  async keepTime(): Promise<number> {
    const now = await this.parts.time.ask()
    let changed = 0
    for (let cursor: string | null = null; ; ) {
      const page = await campaignsOf(this.parts).listCampaigns({ cursor, limit: 100 })
      for (const state of page.campaigns) changed += (await this.keepTimeOf(state, now)) ? 1 : 0
      if (page.cursor === null) return changed
      cursor = page.cursor
    }
  }

  private async keepTimeOf({ id, status, opensAt, closesAt }: CampaignState, now: number): Promise<boolean> {
    if (status === 'scheduled' && opensAt !== null && opensAt <= now) {
      return (await this.apply({ kind: 'open', id })).ok
    }
    if (status === 'open' && closesAt !== null && closesAt <= now)
      return (await this.apply({ kind: 'close', id })).ok
    return false
  }

  private async apply(command: CampaignCommand): Promise<CampaignResult> {
    const { outcome, state } = await campaignsOf(this.parts).applyToCampaign(command)
    if (state === null || outcome.kind === 'unknown-id') return { ok: false, reason: 'unknown-campaign' }
    if (outcome.kind === 'id-reused') return { ok: false, reason: 'id-reused' }
    if (outcome.kind === 'already' && !reached(command, state)) {
      return { ok: false, reason: 'already', status: outcome.status }
    }
    const missing = await this.writeWindows(state)
    return { ok: true, campaign: campaignAsTold(state), replayed: outcome.kind === 'already', missing }
  }

  /** Brings the accounts to what the campaign says. Doing it again changes nothing. */
  private async writeWindows(state: CampaignState): Promise<readonly CampaignItem[]> {
    const window = windowOf(state)
    const missing: CampaignItem[] = []
    for (const item of state.items) {
      const { sku, pool, backorderLimit } = item
      const settings = state.status === 'withdrawn' ? FREE : { ...window, backorderLimit }
      const { ok } = await this.stocking.configure({ sku, pool, ...settings })
      if (!ok) missing.push(item)
    }
    for (const { sku, pool } of state.dropped) await this.stocking.configure({ sku, pool, ...FREE })
    return missing
  }

  private items(
    items: readonly { sku: string; pool?: string | undefined; backorderLimit?: number | undefined }[],
    campaign: string,
  ): readonly CampaignItem[] {
    return items.map(({ sku, pool, backorderLimit = 0 }) => {
      return { ...this.parts.policy.account({ sku, pool }, campaign), backorderLimit }
    })
  }
}

/** As an account is without a campaign. */
const FREE = { opensAt: null, closesAt: null, backorderLimit: 0 }

/** The first instant that no sale reaches: a campaign that is to be opened by hand. */
const NEVER = new Date(8.64e15)

function windowOf({ status, opensAt, closesAt }: CampaignState) {
  const opens =
    opensAt === null && status === 'scheduled' ? NEVER : opensAt === null ? null : new Date(opensAt)
  return { opensAt: opens, closesAt: closesAt === null ? null : new Date(closesAt) }
}

/** Whether what the command asks for is so already. */
function reached({ kind }: CampaignCommand, { status }: CampaignState): boolean {
  switch (kind) {
    case 'schedule':
      return status !== 'withdrawn'
    case 'open':
      return status === 'open'
    case 'close':
      return status === 'closed'
    case 'withdraw':
      return status === 'withdrawn'
    case 'change-items':
      return false
  }
}

function campaignAsTold({ id, status, opensAt, closesAt, items, version }: CampaignState): Campaign {
  return {
    id,
    status,
    opensAt: opensAt === null ? null : new Date(opensAt),
    closesAt: closesAt === null ? null : new Date(closesAt),
    items,
    version,
  }
}
