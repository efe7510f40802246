import { OWES_NOTHING } from '../buckets/is-spread.js'
import { type HoldfastError, isHoldfastError } from '../errors.js'
import {
  type CampaignItemInput,
  type CampaignReference,
  type ChangeCampaignItems,
  campaignReferenceSchema,
  changeCampaignItemsSchema,
  type ScheduleCampaign,
  scheduleCampaignSchema,
} from '../input/campaign.js'
import { idSchema } from '../input/fields.js'
import { type PageQuery, pageSchema } from '../input/listing.js'
import { invalid, parse } from '../input/parse.js'
import type { CampaignCommand, CampaignItem, CampaignState } from '../machines/campaign/types.js'
import { accountName } from '../port/account-name.js'
import type { AccountKey } from '../port/claims.js'
import { errorAsTold } from './calls-under-way.js'
import { CampaignWindows } from './campaign-windows.js'
import { campaignsOf, type DeskParts, isInBuckets } from './parts.js'
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
 * calling it again.
 */
export class Campaigns {
  private readonly windows: CampaignWindows

  constructor(
    private readonly parts: DeskParts,
    stocking: Stocking,
  ) {
    this.windows = new CampaignWindows(parts, stocking)
  }

  /** Puts a campaign on record, and its window into its accounts. */
  schedule(campaign: ScheduleCampaign): Promise<CampaignResult> {
    return this.parts.calls.run(async () => {
      const checked = parse(scheduleCampaignSchema, campaign, 'campaign')
      const { id, opensAt = null, closesAt = null } = checked
      return this.apply({ kind: 'schedule', id, opensAt, closesAt, items: this.items(checked.items, id) })
    })
  }

  /** Gives the campaign these items and no others, until it is closed. */
  changeItems(change: ChangeCampaignItems): Promise<CampaignResult> {
    return this.parts.calls.run(async () => {
      const { id, items } = parse(changeCampaignItemsSchema, change, 'change')
      return this.apply({ kind: 'change-items', id, items: this.items(items, id) })
    })
  }

  /** Opens the sale now. */
  open(campaign: CampaignReference): Promise<CampaignResult> {
    return this.applyTo(campaign, 'open')
  }

  /** Closes the sale now. */
  close(campaign: CampaignReference): Promise<CampaignResult> {
    return this.applyTo(campaign, 'close')
  }

  /** Calls the campaign off: its accounts are sold as if it had never been. */
  withdraw(campaign: CampaignReference): Promise<CampaignResult> {
    return this.applyTo(campaign, 'withdraw')
  }

  /** `null` if there is none under this id. */
  get(id: string): Promise<Campaign | null> {
    return this.parts.calls.read(async () => {
      const state = await campaignsOf(this.parts).readCampaign(parse(idSchema, id, 'id'))
      return state === null ? null : campaignAsTold(state)
    })
  }

  /** All campaigns, past ones too, a page of them. */
  list(query: PageQuery = {}) {
    return this.parts.calls.read(async () => {
      const { cursor = null, limit = 100 } = parse(pageSchema, query, 'query')
      const page = await campaignsOf(this.parts).listCampaigns({ cursor, limit })
      return { campaigns: page.campaigns.map(campaignAsTold), cursor: page.cursor }
    })
  }

  /**
   * @internal Tells of campaigns that time has opened or closed, and writes their windows anew. One that fails keeps
   * no other waiting.
   */
  async keepTime(): Promise<{ readonly changed: number; readonly failures: readonly HoldfastError[] }> {
    const now = await this.parts.time.ask()
    let changed = 0
    const failures: HoldfastError[] = []
    for (let cursor: string | null = null; ; ) {
      const page = await campaignsOf(this.parts).listCampaigns({ cursor, limit: 100 })
      for (const state of page.campaigns) {
        const kind = dueCommand(state, now)
        if (kind === null) continue
        try {
          if ((await this.apply({ kind, id: state.id })).ok) changed += 1
        } catch (error) {
          failures.push(errorAsTold(error, undefined))
        }
      }
      if (page.cursor === null) return { changed, failures }
      cursor = page.cursor
    }
  }

  private applyTo(campaign: CampaignReference, kind: 'open' | 'close' | 'withdraw'): Promise<CampaignResult> {
    return this.parts.calls.run(async () =>
      this.apply({ kind, id: parse(campaignReferenceSchema, campaign, 'campaign').id }),
    )
  }

  private async apply(command: CampaignCommand): Promise<CampaignResult> {
    const { outcome, state } = await campaignsOf(this.parts).applyToCampaign(command)
    if (state === null || outcome.kind === 'unknown-id') return { ok: false, reason: 'unknown-campaign' }
    if (outcome.kind === 'id-reused') return { ok: false, reason: 'id-reused' }
    if (outcome.kind === 'already' && !reached(command, state)) {
      return { ok: false, reason: 'already', status: outcome.status }
    }
    const missing = await this.windows.write(state, command.kind === 'change-items' ? state.dropped : [])
    return { ok: true, campaign: campaignAsTold(state), replayed: outcome.kind === 'already', missing }
  }

  /** Items with their pools; each account once. */
  private items(items: readonly CampaignItemInput[], campaign: string): readonly CampaignItem[] {
    const accounts = new Set<string>()
    return items.map(({ sku, pool, backorderLimit = 0 }, index) => {
      const account = this.account({ sku, pool }, campaign, index)
      const name = accountName(account)
      if (accounts.has(name)) throw invalid(`items[${index}]`, 'is in the list already')
      accounts.add(name)
      if (backorderLimit > 0 && isInBuckets(this.parts, sku))
        throw invalid(`items[${index}].backorderLimit`, OWES_NOTHING)
      return { ...account, backorderLimit }
    })
  }

  private account(
    named: Pick<CampaignItemInput, 'sku' | 'pool'>,
    campaign: string,
    index: number,
  ): AccountKey {
    try {
      return this.parts.policy.account(named, campaign)
    } catch (error) {
      if (!isHoldfastError(error, 'invalid-argument')) throw error
      throw invalid(`items[${index}].pool`, 'is missing: the policy names no pool for the campaign')
    }
  }
}

/** What time has made of the campaign and nobody has said yet. */
function dueCommand({ status, opensAt, closesAt }: CampaignState, now: number): 'open' | 'close' | null {
  if (status === 'scheduled' && opensAt !== null && opensAt <= now) return 'open'
  return status === 'open' && closesAt !== null && closesAt <= now ? 'close' : null
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
