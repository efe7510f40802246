import {
  type CampaignCommand,
  type CampaignOutcome,
  type CampaignState,
  type CampaignStore,
  campaign,
} from '@holdfast/core/adapter'
import type { Case, Kit } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { VirtualClock } from '../kit/virtual-clock.js'

export type ExpectedOfCampaign = CampaignOutcome | CampaignOutcome['kind']

/** A fresh campaign store, and what it must hold, kept in step. */
export class CampaignScenario {
  private readonly reference = new Map<string, CampaignState>()

  private constructor(
    readonly clock: VirtualClock,
    readonly store: CampaignStore,
  ) {}

  static async play(
    kit: Kit<CampaignStore>,
    body: (scenario: CampaignScenario) => Promise<void>,
  ): Promise<void> {
    const clock = new VirtualClock()
    const underTest = await kit.create({ clock })
    const scenario = new CampaignScenario(clock, underTest.store)
    try {
      await body(scenario)
      await scenario.assertStands()
    } finally {
      await underTest.close()
    }
  }

  async apply(command: CampaignCommand): Promise<CampaignOutcome> {
    const expected = this.foresee(command)
    const answer = await this.store.applyToCampaign(command)
    assertSame(answer, expected, `${JSON.stringify(command)} is answered otherwise:`)
    await this.assertStands()
    return answer.outcome
  }

  /** The same command from many callers at once: the kinds of their answers, sorted. */
  async race(callers: number, command: CampaignCommand): Promise<readonly string[]> {
    const sent = Array.from({ length: callers }, () => this.store.applyToCampaign(command))
    const answers = await Promise.all(sent)
    for (const _ of answers) this.foresee(command)
    await this.assertStands()
    return answers.map(({ outcome }) => outcome.kind).sort()
  }

  private foresee(command: CampaignCommand) {
    const now = this.clock.now()
    let state = this.reference.get(command.id) ?? null
    const { events, outcome } = campaign.decide(command, state, now)
    for (const event of events) state = campaign.evolve(state, event)
    if (state !== null) this.reference.set(command.id, state)
    return { now, outcome, state }
  }

  async expect(command: CampaignCommand, expected: ExpectedOfCampaign): Promise<void> {
    const outcome = await this.apply(command)
    const told = typeof expected === 'string' ? outcome.kind : outcome
    assertSame(told, expected, `${JSON.stringify(command)} is answered otherwise:`)
  }

  /** All of them, over pages of `limit`, by id. */
  async all(limit = 100): Promise<readonly CampaignState[]> {
    const found: CampaignState[] = []
    let cursor: string | null = null
    do {
      const page = await this.store.listCampaigns({ cursor, limit })
      found.push(...page.campaigns)
      cursor = page.cursor
    } while (cursor !== null)
    return found.sort((one, other) => (one.id < other.id ? -1 : 1))
  }

  async assertStands(): Promise<void> {
    const expected = [...this.reference.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
    assertSame(await this.all(), expected, 'the campaigns differ from the reference:')
    for (const state of expected)
      assertSame(await this.store.readCampaign(state.id), state, `the campaign ${state.id}:`)
  }
}

export function campaignScene(
  name: string,
  body: (scenario: CampaignScenario) => Promise<void>,
): Case<CampaignStore> {
  return { name, needs: [], run: (kit) => CampaignScenario.play(kit, body) }
}
