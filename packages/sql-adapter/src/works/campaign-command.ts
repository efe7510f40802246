import {
  type CampaignCommand,
  type CampaignOutcome,
  type CampaignState,
  campaign,
} from '@holdfast/core/adapter'
import { changesOf } from './changes-of.js'
import { KeyedWork } from './keyed-work.js'

interface Applied {
  readonly now: number
  readonly outcome: CampaignOutcome
  readonly state: CampaignState | null
}

export class CampaignWork extends KeyedWork<Applied> {
  constructor(private readonly command: CampaignCommand) {
    super({ campaigns: [command.id] })
  }

  decide(now: number) {
    const before = this.rows.campaigns.get(this.command.id) ?? null
    const { events, outcome } = campaign.decide(this.command, before, now)
    let state = before
    for (const event of events) state = campaign.evolve(state, event)
    const changed = events.length === 0 || state === null ? [] : [{ stored: before !== null, state }]
    return { changes: changesOf(this.rows, events, { campaigns: changed }), result: { now, outcome, state } }
  }
}
