import type { PolicyRefusal } from '../port/outcomes.js'
import type { CheckedPolicy } from './schema.js'

/** The pool of every order where the policy names none. */
const ONLY_POOL = 'default'

/** Which pools the policy serves. */
export class Pools {
  /** For orders without a region; `null`: they are refused. */
  readonly default: string | null
  private readonly byRegion: ReadonlyMap<string, string> | null
  private readonly byCampaign: ReadonlyMap<string, string> | null
  private readonly served: readonly string[]

  constructor(pools: CheckedPolicy['pools']) {
    this.default = pools === undefined ? ONLY_POOL : (pools.default ?? null)
    this.byRegion = pools?.byRegion ?? null
    this.byCampaign = pools?.byCampaign ?? null
    const mapped = this.byRegion ?? this.byCampaign
    this.served = mapped === null ? [] : [...new Set(mapped.values())].sort()
  }

  /** The pool for lines that name none; a refusal where the policy serves no such order. */
  choose(region: string | undefined, campaign: string | undefined): string | PolicyRefusal {
    const ofCampaign = this.ofCampaign(campaign)
    if (ofCampaign !== undefined) return ofCampaign
    if (region !== undefined && this.byRegion !== null)
      return this.byRegion.get(region) ?? this.refuse(region)
    return this.default ?? this.refuse(region)
  }

  /** The pool that a campaign has to itself. */
  ofCampaign(campaign: string | undefined): string | undefined {
    return campaign === undefined ? undefined : this.byCampaign?.get(campaign)
  }

  private refuse(region: string | undefined): PolicyRefusal {
    return { kind: 'pool-not-served', region: region ?? null, served: this.served }
  }
}
